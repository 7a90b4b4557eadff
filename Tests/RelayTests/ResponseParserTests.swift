import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing
import TestSupport

@testable import Relay

@Suite("The reader of responses")
struct ResponseParserTests {
    /// What a response became, as text.
    struct Reading: Equatable {
        var lines: [String] = []
        var body = ""
        var isQuiet = false
        var keepsAlive = false
        var failure: AttemptFailure.Kind?
    }

    /// - Parameter cuts: where the bytes are cut.
    static func read(
        _ text: [UInt8], to method: HTTPMethod = .GET, cuts: [Int] = [], isEnded: Bool = false,
        limits: ResponseLimits = .init(head: 65_536, fields: 200)
    ) -> Reading {
        var parser = ResponseParser(limits: limits)
        var reading = Reading()
        parser.expectResponse(to: method)
        var start = 0
        do throws(ResponseParser.Failure) {
            for cut in cuts + [text.count] {
                parser.feed(ByteBuffer(bytes: text[start..<cut]))
                start = cut
                while let part = try parser.next() { reading.note(part, keepsAlive: parser.keepsAlive) }
            }
            if isEnded, let part = parser.endOfInput() { reading.note(part, keepsAlive: parser.keepsAlive) }
        } catch {
            reading.failure = error.kind
        }
        reading.isQuiet = parser.isQuiet
        return reading
    }

    static func read(_ text: String, to method: HTTPMethod = .GET, cuts: [Int] = [], isEnded: Bool = false) -> Reading {
        read(Array(text.utf8), to: method, cuts: cuts, isEnded: isEnded)
    }

    static let samples: [(text: String, method: HTTPMethod, isEnded: Bool)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-a: b \r\n\r\nhello", .GET, false),
        ("HTTP/1.1 200\r\ntransfer-encoding: Chunked\r\n\r\n3\r\nabc\r\n00A;x=\"y\"\r\n0123456789\r\n0\r\n\r\n", .POST, false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nDigest: x\r\nOther:\r\n\r\n", .GET, false),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\n!",
            .GET, false
        ),
        ("HTTP/1.1 200 OK\r\n\r\nuntil the end\r\n\r\n", .GET, true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n", .HEAD, false),
        ("HTTP/1.1 204 No Content\r\n\r\n", .GET, false),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nConnection: close\r\n\r\n", .GET, false),
        ("HTTP/1.0 200 OK\r\nConnection: x , Keep-Alive\r\nContent-Length: 0\r\n\r\n", .GET, false),
        ("HTTP/1.1 529 \r\nretry-after: 3\r\ncontent-length: 2\r\n\r\n{}", .POST, false),
    ]

    @Test("reads whole responses, cut at every place alike", arguments: samples.indices)
    func cuts(index: Int) throws {
        let sample = Self.samples[index]
        let bytes = Array(sample.text.utf8)
        let whole = Self.read(bytes, to: sample.method, isEnded: sample.isEnded)
        #expect(whole.failure == nil && whole.isQuiet && whole.lines.contains("end"))
        for cut in 0...bytes.count {
            #expect(Self.read(bytes, to: sample.method, cuts: [cut], isEnded: sample.isEnded) == whole)
        }
        #expect(Self.read(bytes, to: sample.method, cuts: Array(0..<bytes.count), isEnded: sample.isEnded) == whole)
    }

    @Test("keeps status, names, values and their order")
    func head() {
        let reading = Self.read("HTTP/1.1 429 Slow\r\nretry-After: 7\r\nX-b:\t two words \r\nx-B: again\r\ncontent-length: 0\r\n\r\n")
        #expect(reading.lines == ["429 1.1", "retry-After=7", "X-b=two words", "x-B=again", "content-length=0", "end"])
        #expect(reading.keepsAlive)
    }

    @Test("decodes chunks and trailers")
    func chunks() {
        let reading = Self.read(Self.samples[2].text)
        #expect(reading.body == "a" && reading.lines.suffix(3) == ["end", "Digest=x", "Other="])
    }

    @Test("keeps no connection whose end ends the body, or that says so", arguments: [4, 7])
    func closing(index: Int) {
        #expect(!Self.read(Self.samples[index].text, isEnded: Self.samples[index].isEnded).keepsAlive)
    }

    @Test("takes a cut response for what it is", arguments: [0, 1, 2, 3])
    func truncated(index: Int) {
        let bytes = Array(Self.samples[index].text.utf8)
        for count in 0..<bytes.count {
            let reading = Self.read(Array(bytes.prefix(count)), isEnded: true)
            #expect(reading.failure == nil && !reading.lines.contains("end"))
        }
    }

    @Test(
        "refuses what is not HTTP/1.1, or could be read in two ways",
        arguments: [
            "SSH-2.0-x", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
            "HTTP/1.1 2000\r\n\r\n",
            "HTTP/1.1  200 OK\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 200 O\rK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: \u{0}\r\n\r\n",
            "HTTP/1.1 200 OK\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\nB: c\r\n\r\n", "HTTP/1.1 200 OK\r\nÄ: b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA(: b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\na", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000000000000000\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA b\r\n\r\n",
        ])
    func malformed(text: String) {
        #expect(Self.read(text).failure == .malformed)
    }

    @Test("bounds heads, fields, trailers, interim responses and sizes of chunks")
    func limits() {
        let limits = ResponseLimits(head: 100, fields: 3)
        func kind(_ text: String) -> AttemptFailure.Kind? { Self.read(Array(text.utf8), limits: limits).failure }
        let pad = String(repeating: "x", count: 100)
        #expect(kind("HTTP/1.1 200 OK\r\nA: \(pad)") == .headTooLarge)
        #expect(kind("HTTP/1.1 200 OK\r\nA: \(pad)\r\n\r\n") == .headTooLarge)
        #expect(kind("HTTP/1.1 200 \(pad)\r\n\r\n") == .headTooLarge)
        #expect(kind("HTTP/1.1 200 OK\r\nA: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\n\r\n") == .headTooLarge)
        #expect(kind("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: \(pad)") == .headTooLarge)
        #expect(kind("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;\(String(repeating: "x", count: 5_000))") == .malformed)
        #expect(kind(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 33)) == .malformed)
        #expect(kind(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 32)) == nil)
    }

    @Test("is not quiet when bytes follow the response")
    func leftOver() {
        #expect(!Self.read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").isQuiet)
    }

    @Test("agrees with NIO's own on whatever both accept, and never traps", arguments: 0..<4)
    func differential(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var agreed = 0
        for _ in 0..<1_500 {
            var bytes = Array(Self.samples[Int.random(in: 0..<Self.samples.count, using: &random)].text.utf8)
            for _ in 0..<Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(Array("\r\n :;09aA,\u{0}".utf8)[Int.random(in: 0..<11, using: &random)], at: place)
                default: bytes.replaceSubrange(place..., with: bytes[..<place])
                }
            }
            guard !bytes.isEmpty else { continue }
            let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
            let ours = Self.read(bytes, cuts: cuts, isEnded: true)
            guard ours.failure == nil, ours.isQuiet, ours.lines.contains("end") else { continue }
            guard let theirs = try Self.readByNIO(bytes) else {
                // NIO's reads the extensions of chunks; nobody else does.
                #expect(bytes.contains(UInt8(ascii: ";")), "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
                continue
            }
            #expect(theirs == ours.body, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
            agreed += 1
        }
        #expect(agreed > 200)
    }

    /// The body; nil: refused.
    private static func readByNIO(_ bytes: [UInt8]) throws -> String? {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish() }
        try channel.pipeline.syncOperations.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes)
        try channel.writeOutbound(HTTPClientRequestPart.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")))
        do {
            try channel.writeInbound(ByteBuffer(bytes: bytes))
            _ = try? channel.finish(acceptAlreadyClosed: true)
            var body = ""
            var isEnded = false
            while let part = try channel.readInbound(as: HTTPClientResponsePart.self) {
                switch part {
                case .head: body = ""
                case .body(let more): body += String(buffer: more)
                case .end: isEnded = true
                }
            }
            return isEnded ? body : nil
        } catch {
            return nil
        }
    }
}

extension ResponseParserTests.Reading {
    fileprivate mutating func note(_ part: ResponseParser.Part, keepsAlive: Bool) {
        switch part {
        case .head(let head):
            lines.append("\(head.status.code) \(head.version.major).\(head.version.minor)")
            lines += head.headers.map { "\($0.name)=\($0.value)" }
            self.keepsAlive = keepsAlive
        case .body(let bytes): body += String(buffer: bytes)
        case .end(let trailers):
            lines.append("end")
            lines += (trailers ?? [:]).map { "\($0.name)=\($0.value)" }
        }
    }
}
