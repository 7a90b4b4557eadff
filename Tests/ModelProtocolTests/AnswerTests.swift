import ModelProtocol
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#endif

@Suite("The meter on JSON answers")
struct AnswerTests {
    static let message: String =
        #"{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5","content":[{"type":"text","text":"\"usage\":{\"input_tokens\":99999} \\"},{"type":"tool_use","input":{"usage":{"input_tokens":5},"model":"x","stop_reason":"y"}}],"stop_reason":"end_turn","usage":{"input_tokens":11,"output_tokens":22,"cache_read_input_tokens":33,"cache_creation_input_tokens":0}}"#

    private func expectMessage(_ reading: Reading) {
        #expect(reading.usage?.input == 11)
        #expect(reading.usage?.output == 22)
        #expect(reading.usage?.cacheRead == 33)
        #expect(reading.model == "claude-sonnet-5")
        #expect(reading.stopReason == "end_turn")
        #expect(reading.signals.last == .complete)
        #expect(reading.isComplete)
        #expect(!reading.isUnreadable)
    }

    @Test("reads a message at every cut and in any layout")
    func message() {
        let bytes = Array(Self.message.utf8)
        for cut in 0...bytes.count { expectMessage(Reading(.anthropic, bytes.pieces(at: [cut]), type: "application/json")) }
        expectMessage(Reading(.anthropic, bytes.map { [$0] }, type: "Application/JSON ; charset=utf-8"))
        let spaced = Self.message.replacing(",\"", with: " ,\r\n\t \"").replacing("\":", with: "\" : ")
        #expect(Reading.answer(.anthropic, " \n\(spaced)\n").usage?.input == 11)
    }

    @Test("reads answers of OpenAI's family")
    func openAI() throws {
        let chat = Reading.answer(
            .openAI,
            #"{"id":"c","object":"chat.completion","model":"gpt-6-sol","choices":[{"index":0,"message":{"role":"assistant","content":"\#(String(repeating: "long ", count: 1_000))"},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":4}},"service_tier":"priority"}"#
        )
        #expect((chat.model, chat.stopReason, chat.usage?.input, chat.usage?.cacheRead) == ("gpt-6-sol", "stop", 5, 4))
        #expect(chat.usage?.serviceTier == "priority")
        let embeddings = Reading.answer(
            .openAI,
            #"{"object":"list","data":[{"embedding":[\#(String(repeating: "0.123,", count: 50_000))1]}],"model":"e","usage":{"prompt_tokens":8,"total_tokens":8}}"#
        )
        #expect((embeddings.model, embeddings.usage?.input, embeddings.usage?.output, embeddings.usage?.inconsistent) == ("e", 8, 0, false))
        let response = Reading.answer(
            .openAI,
            #"{"id":"r","status":"incomplete","incomplete_details":{"reason":"content_filter"},"error":null,"output":[{"usage":{"input_tokens":1}}],"model":"m","usage":{"input_tokens":2,"output_tokens":3,"total_tokens":5}}"#
        )
        #expect((response.stopReason, response.usage?.input, response.signals.last) == ("content_filter", 2, .complete))
    }

    @Test("reads errors in a 200")
    func errors() {
        let reading = Reading.answer(.anthropic, #"{"type":"error","error":{"type":"overloaded_error","message":"m"}}"#)
        #expect(reading.signals.last == .error(UpstreamError(type: "overloaded_error", message: "m")))
        #expect(!reading.isComplete)
    }

    @Test("learns the same from an answer in one piece and in many, whatever it is")
    func oneOrMany() {
        let answers = [
            Self.message, " \n" + Self.message + " \r\n", Self.message + "}", Self.message + " {}", Self.message + Self.message,
            String(Self.message.dropLast()), "{}", "", "[]", "null", "\"}", "{\"usage\":{\"input_tokens\":1}",
            #"{"usage":{"input_tokens":1}} trailing"#, "{\"model\":\"m\",\"x\":\"\u{1}\",\"usage\":{\"input_tokens\":4}}",
            #"{"type":"error","error":{"type":"api_error","message":"m"}}"#,
        ]
        for answer in answers {
            let bytes = Array(answer.utf8)
            let whole = Reading(.anthropic, [bytes], type: "application/json")
            let pieces = Reading(.anthropic, bytes.map { [$0] }, type: "application/json")
            #expect(whole.usage == pieces.usage && whole.model == pieces.model && whole.stopReason == pieces.stopReason, "\(answer)")
            #expect(whole.isComplete == pieces.isComplete && whole.isUnreadable == pieces.isUnreadable, "\(answer)")
            #expect(whole.signals.last == pieces.signals.last, "\(answer)")
        }
    }

    @Test("takes nothing of an answer behind which something else comes")
    func trailing() {
        let bytes = Array(Self.message.utf8)
        let spaced = Reading(.anthropic, [bytes, Array(" \r\n".utf8)], type: "application/json")
        #expect(spaced.usage?.input == 11 && !spaced.isUnreadable)
        let spoilt = Reading(.anthropic, [bytes, Array("x".utf8)], type: "application/json")
        #expect(spoilt.usage == nil && spoilt.isUnreadable && !spoilt.isComplete)
    }

    @Test("keeps only what it needs of an answer of 32 MB")
    func large() {
        let meter = ResponseMeter(family: .anthropic, status: 200, contentType: "application/json")
        let text = Array(String(repeating: "text \\\" with quotes } ] ", count: 3_000).utf8)
        let feed = { (bytes: [UInt8]) in bytes.withUnsafeBytes { _ = meter.read($0) { _, _ in } } }
        let time = ContinuousClock().measure {
            feed(Array(#"{"model":"m","content":[{"text":""#.utf8))
            for _ in 0..<450 { feed(text) }
            feed(Array(#""}],"usage":{"input_tokens":1,"output_tokens":2}}"#.utf8))
        }
        meter.finish { _, _ in }
        #expect(meter.usage?.output == 2)
        #expect(time < .seconds(20))
    }

    @Test("loses only what is too large to keep")
    func memberLimit() {
        let choices = String(repeating: #"{"message":{"content":"abc"},"finish_reason":"stop"},"#, count: 2_000)
        let reading = Reading.answer(.openAI, #"{"model":"m","choices":[\#(choices)0],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#)
        #expect((reading.model, reading.stopReason, reading.usage?.output) == ("m", nil, 2))
    }

    @Test("empties long texts of what it keeps without breaking them, wherever their escapes fall")
    func longTexts() {
        for length in 180...520 {
            let text = String(repeating: "x", count: length) + String(repeating: #"\"quoted\" \u00e9"#, count: 20)
            let reading = Reading.answer(
                .openAI, #"{"choices":[{"message":{"content":"\#(text)"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#)
            #expect((reading.stopReason, reading.usage?.input) == ("stop", 1))
        }
    }

    @Test(
        "says when an answer can't be read",
        arguments: ["", "[]", "7", "{", #"{"usage":{"#, "{}x", #""text""#, "{\"a\":1}}", String(repeating: "{\"a\":", count: 300)])
    func unreadable(_ text: String) {
        #expect(Reading.answer(.anthropic, text).isUnreadable)
        #expect(!Reading.answer(.anthropic, text).isComplete)
    }

    @Test("keeps the usage of an answer that broke off behind it")
    func brokenOff() {
        #expect(
            Reading.answer(.anthropic, #"{"model":"m","usage":{"input_tokens":1,"output_tokens":2},"content":[{"te"#).usage?.output == 2)
    }

    @Test("survives any bytes, the same whatever the cuts", arguments: 0..<10)
    func noise(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<1_000 {
            let bytes = Mutation.applied(to: Array(Self.message.utf8), &random)
            var whole = Reading(.anthropic, [bytes], type: "application/json")
            var pieces = Reading(.anthropic, bytes.pieces(at: Mutation.cuts(bytes.count, &random)), type: "application/json")
            // Each chunk is told as content: that depends on the cuts.
            (whole.ends, pieces.ends) = ([], [])
            (whole.signals, pieces.signals) = (
                whole.signals.suffix(1).filter { $0 != .content }, pieces.signals.suffix(1).filter { $0 != .content }
            )
            if whole != pieces { Issue.record("differs on \(bytes.text)") }
        }
    }

    // MARK: Encodings

    private static func bytes(_ base64: String) -> [UInt8] { Data(base64Encoded: base64).map(Array.init) ?? [] }
    static let gzip: [UInt8] = bytes(
        "H4sIAAAAAAACA12OzQqDMAzHX0VynjAnO8xXmaMUG5xMUzEpbIjvvqQHQXMp+f0/0hWGAE0BE/eugksB8psxA2T2PRpa4piRZx5YPInBKQYcjXajTwFLjkQo5d20LpKg2priue6Fgt8czK/uLSQ70EKztjDQnMRJ/CCxkofNBttL/Sxxdgt6PWAxpOAkLWRVuUDhesgrqCpVY5IDvN3sa757o9UFd8rU9S53qssQ6Wy5btsfeL/blzABAAA="
    )
    static let zlib: [UInt8] = bytes(
        "eNpdjs0KgzAMx19Fcp4wJzvMV5mjFBucTFMxKWyI776kB0FzKfn9P9IVhgBNARP3roJLAfKbMQNk9j0aWuKYkWceWDyJwSkGHI12o08BS45EKOXdtC6SoNqa4rnuhYLfHMyv7i0kO9BCs7Yw0JzESfwgsZKHzQbbS/0scXYLej1gMaTgJC1kVblA4XrIK6gqVWOSA7zd7Gu+e6PVBXfK1PUud6rLEOlsuW7bH5DbY9Y="
    )
    static let bare: [UInt8] = bytes(
        "XY7NCoMwDMdfRXKeMCc7zFeZoxQbnExTMSlsiO++pAdBcyn5/T/SFYYATQET966CSwHymzEDZPY9GlrimJFnHlg8icEpBhyNdqNPAUuORCjl3bQukqDamuK57oWC3xzMr+4tJDvQQrO2MNCcxEn8ILGSh80G20v9LHF2C3o9YDGk4CQtZFW5QOF6yCuoKlVjkgO83exrvnuj1QV3ytT1LneqyxDpbLlu2x8="
    )
    /// 128 KiB of spaces.
    static let spaces: [UInt8] = bytes(
        "H4sIAAAAAAACA+3BMQEAAADCoCrrn9LDGkABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA3ACLNry7AAACAA=="
    )
    static let gzipStream: [UInt8] = bytes(
        "H4sIAAAAAAACA3WPwQrCMAyG732KkfMuHkToy5RAg4guKU0qyOi7mymDTdwp5P+T/0voSWxxmEgVr5TUsFrIaBiHGexVCCLsTBjXHuIMk2R6LCMut1W8cWmWTO7ECvE8gjTbKqfeewi0J3uO4RH5YzriWx2hJiVVQhX2MeKcrFWGvrniB3r5w1xSjp+VAr7yBp5IvW4hAQAA"
    )

    @Test("reads gzip and deflate at every cut")
    func packed() {
        for (bytes, encoding) in [(Self.gzip, "gzip"), (Self.gzip, "x-GZIP "), (Self.zlib, "deflate"), (Self.bare, "deflate")] {
            for cut in 0...bytes.count {
                expectMessage(Reading(.anthropic, bytes.pieces(at: [cut]), type: "application/json", encoding: encoding))
            }
            expectMessage(Reading(.anthropic, bytes.map { [$0] }, type: "application/json", encoding: encoding))
        }
        let stream = Reading(.anthropic, Self.gzipStream.map { [$0] }, encoding: "gzip")
        #expect((stream.usage?.input, stream.usage?.output, stream.signals) == (5, 7, [.start, .content, .complete]))
        // The trailer of gzip comes after the last event.
        #expect(stream.ends.last == Self.gzipStream.count - 9)
    }

    @Test("gives up on what unfolds to more than 64 MiB, and reads several members before that")
    func bomb() {
        let few = [[UInt8]](repeating: Self.spaces, count: 8) + [Self.gzip]
        expectMessage(Reading(.anthropic, few, type: "application/json", encoding: "gzip"))
        let meter = ResponseMeter(family: .anthropic, status: 200, contentType: "application/json", contentEncoding: "gzip")
        for count in 1...513 {
            Self.spaces.withUnsafeBytes { bytes in _ = meter.read(bytes) { _, _ in } }
            #expect(meter.isUnreadable == (count >= 512))
        }
    }

    static let foreign: [(String, [UInt8])] = [
        ("br", gzip), ("zstd", gzip), ("gzip, br", gzip), ("gzip", Array(message.utf8)), ("gzip", Array(gzip[..<40]) + [0, 0, 0, 0, 0]),
    ]

    @Test("says that other encodings, and broken ones, are unreadable", arguments: foreign)
    func unreadableEncodings(_ encoding: String, _ bytes: [UInt8]) {
        let reading = Reading(.anthropic, [bytes], type: "application/json", encoding: encoding)
        #expect(reading.isUnreadable)
        #expect(reading.usage == nil)
    }

    @Test("meters nothing but successful answers of known types")
    func otherForms() {
        for (type, status) in [("application/json", 500), ("text/html", 200), ("application/x-jsonl", 200)] {
            let reading = Reading(.anthropic, [Array(Self.message.utf8)], type: type, status: status)
            #expect(reading.usage == nil)
            #expect(reading.signals == [.content])
        }
        #expect(Reading(.anthropic, [Array(Self.message.utf8)], type: nil).usage == nil)
    }
}
