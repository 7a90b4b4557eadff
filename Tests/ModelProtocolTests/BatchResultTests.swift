import ModelProtocol
import TestSupport
import Testing

@Suite("The meter on the results of a batch")
struct BatchResultTests {
    private static func line(_ name: String, input: Int, text: String = "hi") -> String {
        #"{"custom_id":"\#(name)","result":{"type":"succeeded","message":{"id":"msg_1","model":"claude-haiku-4-5","content":[{"type":"text","text":"\#(text)"}],"usage":{"input_tokens":\#(input),"output_tokens":3,"service_tier":"batch"}}}}"#
    }

    private static let odd =
        #"{"custom_id":"e","result":{"type":"errored","error":{"type":"error","error":{"type":"x"}}}}"# + "\n\nno json\n"
        + #"{"custom_id":"c","result":{"type":"canceled"}}"#

    private func results(_ pieces: [[UInt8]], type: String? = "application/x-jsonl") -> [BatchResult] {
        let meter = ResponseMeter(family: .anthropic, status: 200, contentType: type, holdsResults: true)
        var found: [BatchResult] = []
        for piece in pieces {
            piece.withUnsafeBytes { bytes in _ = meter.read(bytes) { _, _ in } }
            found += meter.takeResults()
        }
        meter.finish { _, _ in }
        return found + meter.takeResults()
    }

    @Test("tells each that used something by its name, at every cut and whatever the type")
    func cuts() {
        let text = [Self.line("a", input: 1), Self.odd, Self.line("b", input: 2)].joined(separator: "\n")
        let bytes = Array(text.utf8)
        for cut in stride(from: 0, through: bytes.count, by: 3) {
            let found = results(bytes.pieces(at: [cut]), type: cut % 2 == 0 ? "application/x-jsonl" : "application/octet-stream")
            #expect(found.map(\.name) == ["a", "b"] && found.map(\.usage.input) == [1, 2] && found.map(\.usage.output) == [3, 3])
            #expect(found.allSatisfy { $0.model == "claude-haiku-4-5" && $0.usage.serviceTier == "batch" })
        }
        #expect(results(bytes.map { [$0] }).count == 2)
    }

    @Test("does not believe what texts say, and reads lines of megabytes")
    func long() {
        let talk = String(repeating: #"\"usage\":{\"input_tokens\":9},\n "#, count: 60_000)
        let text = Self.line("a", input: 5, text: talk) + "\r\n" + Self.line("b", input: 6)
        #expect(results([Array(text.utf8)]).map(\.usage.input) == [5, 6])
    }

    @Test("calls those without a name, or with one that is too long, by their line")
    func names() {
        let lines = [String(repeating: "x", count: 129), "", "y"].map { Self.line($0, input: 1) }
        #expect(results([Array(lines.joined(separator: "\n").utf8)]).map(\.name) == ["#1", "#2", "y"])
    }

    @Test("survives any bytes, the same whatever the cuts", arguments: 0..<4)
    func noise(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let bytes = Array([Self.line("a", input: 1), Self.odd, Self.line("b", input: 2)].joined(separator: "\n").utf8)
        for _ in 0..<500 {
            let broken = Mutation.applied(to: bytes, &random)
            #expect(results([broken]) == results(broken.pieces(at: Mutation.cuts(broken.count, &random))))
        }
    }
}

@Suite("Searches of OpenAI's")
struct WebSearchCountTests {
    private static func item(_ type: String, _ more: String = "") -> String { #"{"type":"\#(type)","status":"completed"\#(more)}"# }
    private static let items = [
        item("web_search_call", #","action":{"type":"search","query":"q"}"#), item("web_search_call", #","action":{"type":"open_page"}"#),
        item("message"), item("web_search_call"), #"{"type":"web_search_call","status":"failed"}"#,
    ]

    @Test("are counted in an answer: opening a page is none, nor what failed")
    func answer() {
        let text =
            #"{"id":"r","output":[\#(Self.items.joined(separator: ","))],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}"#
        #expect(Reading.answer(.openAI, text).usage?.webSearches == 2)
    }

    @Test("are counted once in a stream that tells them as they end and again at its end, and also when it breaks before")
    func stream() {
        let ended = Self.items.map { #"event: response.output_item.done\#ndata: {"type":"response.output_item.done","item":\#($0)}\#n\#n"# }
        let added = #"data: {"type":"response.output_item.added","item":\#(Self.items[0])}\#n\#n"#
        let usage = #""usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}"#
        let last = #"data: {"type":"response.completed","response":{"output":[\#(Self.items.joined(separator: ","))],\#(usage)}}\#n\#n"#
        #expect(Reading(.openAI, added + ended.joined() + last).usage?.webSearches == 2)
        let broken = #"data: {"type":"response.in_progress","response":{"output":[],\#(usage)}}\#n\#n"# + ended[0]
        #expect(Reading(.openAI, broken).usage?.webSearches == 1)
    }
}
