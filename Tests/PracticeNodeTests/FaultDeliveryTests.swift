import NIOCore
import Testing

@testable import PracticeNode

/// Each fault over a real connection: what exactly a client gets.
struct FaultDeliveryTests {
    private func faulty(_ fault: String, _ body: String = helloStream, check: (_ text: String, _ end: Caller.Heard) throws -> Void)
        async throws
    {
        try await withNode { node, base in
            try node.script("[\"\(fault)\"]")
            let heard = try await ask(base, "/v1/messages", body)
            try check(heard.text, heard.end)
        }
    }

    @Test(arguments: ["reset-before-head", "refuse:1"])
    func `nothing but a reset`(_ fault: String) async throws {
        try await faulty(fault) { text, end in #expect(text.isEmpty && end == .reset) }
    }

    @Test func `nothing but an end`() async throws {
        try await faulty("close-before-head") { text, end in #expect(text.isEmpty && end == .ended) }
    }

    @Test func `a head and a reset`() async throws {
        for body in [hello, helloStream] {
            try await faulty("reset-after-head", body) { text, end in
                #expect(text.hasPrefix("HTTP/1.1 200") && text.hasSuffix("\r\n\r\n") && end == .reset)
            }
        }
    }

    @Test func `a start without content and a reset`() async throws {
        try await faulty("reset-after-start") { text, end in
            #expect(text.contains("message_start") && text.contains("ping") && !text.contains("_delta") && end == .reset)
        }
    }

    @Test(arguments: [("reset-mid-content", Caller.Heard.reset), ("close-mid-content", .ended)])
    func `half of the content`(_ fault: String, _ expected: Caller.Heard) async throws {
        try await faulty(fault) { text, end in
            #expect(text.contains("text_delta") && !text.contains("message_delta") && !text.hasSuffix("0\r\n\r\n") && end == expected)
        }
        try await faulty(fault, hello) { text, end in
            let length = try #require(text.after("content-length: ").flatMap { Int($0.prefix { $0.isNumber }) })
            #expect(try #require(text.after("\r\n\r\n")).utf8.count == length / 2 && end == expected)
        }
    }

    @Test func `a stream that ends in order, but too early`() async throws {
        try await faulty("truncated") { text, end in
            #expect(
                text.contains("content_block_stop") && !text.contains("message_stop") && text.hasSuffix("\r\n0\r\n\r\n") && end == .ended)
        }
    }

    @Test func `errors as events, before and in the content`() async throws {
        try await faulty("error-early") { text, _ in
            #expect(
                text.contains("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"")
                    && !text.contains("_delta"))
        }
        try await faulty("error-late:api_error") { text, _ in
            #expect(
                text.contains("text_delta") && text.contains("event: error\n") && text.contains("api_error")
                    && !text.contains("message_stop"))
        }
        try await faulty("error-early", hello) { text, _ in #expect(text.hasPrefix("HTTP/1.1 200") && text.contains("overloaded_error")) }
    }

    @Test func `a spend limit has its code and no time to wait`() async throws {
        try await faulty("spend-limit", hello) { text, _ in
            #expect(
                text.hasPrefix("HTTP/1.1 429") && text.contains(#""error_code":"enforced_spend_limit_reached""#)
                    && !text.contains("retry-after"))
        }
    }

    @Test(arguments: [400, 401, 402, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504, 529])
    func `a status with its type in the envelope`(_ status: Int) async throws {
        try await faulty("\(status)", hello) { text, _ in
            #expect(
                text.hasPrefix("HTTP/1.1 \(status) ") && text.contains(FamilyError.type(of: status)) && text.contains("req_north_000001"))
        }
    }

    @Test func `a length that is not the body's`() async throws {
        for (fault, difference) in [("length-too-long", 100), ("length-too-short", -20)] {
            try await faulty(fault, hello) { text, _ in
                let length = try #require(text.after("content-length: ").flatMap { Int($0.prefix { $0.isNumber }) })
                #expect(length - difference == text.after("\r\n\r\n")?.utf8.count)
            }
        }
    }

    @Test(arguments: ["bytewise", "cut-utf8", "drip:3:0", "slow:20", "early-hints"])
    func `the same bytes in another rhythm`(_ fault: String) async throws {
        try await withNode { node, base in
            try node.script("[\"\(fault)\"]")
            var odd = try await ask(base, "/v1/messages", helloStream).bytes
            let plain = try await ask(base, "/v1/messages", helloStream).bytes
            if String(buffer: odd).hasPrefix("HTTP/1.1 103"), let end = odd.firstRange(of: Array("\r\n\r\n".utf8)) {
                odd.moveReaderIndex(forwardBy: end + 4)
            }
            #expect(unchunked(odd).replacing("000001", with: "000002") == unchunked(plain))
        }
    }

    @Test func `a character is cut between two chunks`() async throws {
        try await withNode { node, base in
            try node.script(#"["cut-utf8"]"#)
            let caller = try await Caller.connect(base)
            try await caller.post("/v1/messages", helloStream, "connection: close\r\n")
            let bytes = Array(await caller.hearAll().text.utf8)
            // 好 is E5 A5 BD: its first byte ends a chunk.
            #expect(!bytes.isEmpty && !String(decoding: bytes, as: UTF8.self).contains("好"))
        }
    }

    @Test func `lines that end in CRLF`() async throws {
        try await faulty("crlf") { text, _ in
            #expect(unchunked(text).hasPrefix("event: message_start\r\ndata: ") && !unchunked(text).contains("}\n\n"))
        }
    }

    @Test func `a paced stream has as many events as asked for, and takes its time`() async throws {
        let start = ContinuousClock.now
        try await faulty("paced:2:30") { text, _ in #expect(unchunked(text).components("text_delta") == 30) }
        #expect(ContinuousClock.now - start >= .milliseconds(60))
    }

    @Test func `a huge answer is still JSON, and a huge stream still a stream`() async throws {
        try await faulty("huge:1", hello) { text, _ in
            let body = try #require(text.after("\r\n\r\n"))
            #expect(body.utf8.count > 1 << 20 && JSON(String(body))?["type"] == "message")
        }
        try await faulty("huge:1") { text, _ in
            #expect(text.utf8.count > 1 << 20 && text.contains("message_stop") && text.hasSuffix("\r\n0\r\n\r\n"))
        }
    }

    @Test func `what is no answer`() async throws {
        try await faulty("not-http") { text, _ in #expect(text.hasPrefix("SSH-2.0")) }
        try await faulty("garbage") { text, _ in #expect(text.hasPrefix("HTTP/1.1 200") && text.contains("text/html")) }
        try await faulty("oversized-header:5000") { text, _ in #expect(text.contains(String(repeating: "x", count: 5_000))) }
        try await faulty("redirect:http://elsewhere/") { text, _ in
            #expect(text.hasPrefix("HTTP/1.1 302") && text.contains("location: http://elsewhere/\r\n"))
        }
    }

    @Test func `silence after a head, and before one`() async throws {
        for (fault, mark) in [
            ("black-hole", ""), ("hang-after-head", "\r\n\r\n"), ("hang-after-start", "ping"), ("hang-mid-content", "text_delta"),
        ] {
            try await withNode { node, base in
                try node.script("[\"\(fault)\"]")
                let caller = try await Caller.connect(base)
                try await caller.post("/v1/messages", helloStream)
                if !mark.isEmpty { #expect(await caller.hear(until: mark).contains(mark)) }
                try await eventually { node.requests.first?.isWhole == true }
                #expect(node.figures.openRequests == 1 && node.requests.first?.endedAfter == nil)
                await caller.leave()
            }
        }
    }

    @Test func `a gzip body unpacks to the answer`() throws {
        var delivery = Delivery(Answer(["a": "好"]))
        delivery.zip()
        let bytes = delivery.pieces.flatMap { Array($0.bytes.readableBytesView) }
        let plain = Array(#"{"a":"好"}"#.utf8)
        var sum = CRC32()
        sum.add(ByteBuffer(string: "123456789"))
        // The check value of this CRC in every catalogue.
        #expect(sum.value == 0xCBF4_3926)
        #expect(bytes.prefix(10) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
        #expect(bytes[10..<15] == [0, UInt8(plain.count), 0, ~UInt8(plain.count), 255])
        #expect(Array(bytes[15..<(15 + plain.count)]) == plain)
    }
}
