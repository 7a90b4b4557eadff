import Crypto
import NIOCore
import NIOPosix
import Testing

@testable import PracticeNode

struct NodeTests {
    @Test func `a connection serves one request after another, pipelined ones too`() async throws {
        try await withNode { node, base in
            let caller = try await Caller.connect(base)
            try await caller.send(
                "HEAD / HTTP/1.1\r\nhost: n\r\n\r\nGET /v1/models HTTP/1.1\r\nhost: n\r\n\r\nGET /api/hello HTTP/1.1\r\nhost: n\r\nconnection: close\r\n\r\n"
            )
            let heard = await caller.hearAll()
            #expect(heard.end == .ended)
            #expect(heard.text.components("HTTP/1.1 200 OK\r\n") == 3)
            #expect(heard.text.hasSuffix("practice node north\n"))
            #expect(node.requests.map(\.connection) == [1, 1, 1])
        }
    }

    @Test func `requests are recorded with their bytes, however they were framed`() async throws {
        try await withNode { node, base in
            let caller = try await Caller.connect(base)
            try await caller.send(
                "POST /v1/messages?beta=true HTTP/1.1\r\nHost: n\r\nX-Odd-Case: Yes\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
            )
            try await caller.send("\(String(hello.utf8.count, radix: 16))\r\n\(hello)\r\n0\r\n\r\n")
            let heard = await caller.hearAll().text
            let record = try #require(node.requests.first)
            #expect(record.target == "/v1/messages?beta=true")
            #expect(record.headers.map(\.name) == ["Host", "X-Odd-Case", "transfer-encoding", "connection"])
            #expect(record.sha256 == SHA256.hash(data: Array(hello.utf8)).hex)
            #expect(record.body == ByteBuffer(string: hello))
            #expect(record.status == 200 && record.leftEarly == false)
            let body = try #require(heard.after("\r\n\r\n"))
            #expect(record.answerSHA256 == SHA256.hash(data: Array(body.utf8)).hex)
        }
    }

    @Test func `who shows no key or another one is refused`() async throws {
        try await withNode {
            $0.key = "sesame"
        } body: { _, base in
            let shown = [
                "", "x-api-key: other\r\nauthorization: Bearer sesame\r\n", "authorization: Bearer sesame\r\n", "x-api-key: sesame\r\n",
            ]
            var answers: [Substring] = []
            for headers in shown { answers.append(try await ask(base, "/v1/messages", hello, headers).text.prefix(12)) }
            #expect(answers == ["HTTP/1.1 401", "HTTP/1.1 401", "HTTP/1.1 200", "HTTP/1.1 200"])
        }
    }

    @Test func `only served models exist`() async throws {
        try await withNode {
            $0.models = ["claude-a"]
        } body: { _, base in
            let other = try await ask(base, "/v1/messages", hello).text
            let served = try await ask(base, "/v1/messages", hello.replacing("claude-haiku-4-5-20251001", with: "claude-a")).text
            #expect(other.hasPrefix("HTTP/1.1 404") && served.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `a client that leaves is noticed at once`() async throws {
        try await withNode { node, base in
            try node.script(#"["hang-mid-content"]"#)
            let caller = try await Caller.connect(base)
            try await caller.post("/v1/messages", helloStream)
            _ = await caller.hear(until: "text_delta")
            await caller.leave()
            try await eventually { node.requests.first?.leftEarly == true && node.figures.openConnections == 0 }
            #expect(node.figures.leftEarly == 1 && node.figures.openRequests == 0)
        }
    }

    @Test func `a node that refuses breaks what is open and comes back on its port`() async throws {
        try await withNode { node, base in
            let caller = try await Caller.connect(base)
            try await caller.post("/v1/messages", hello)
            _ = await caller.hear(until: "stop_reason")
            node.refuse(for: .milliseconds(300))
            #expect(await caller.hearAll().text.isEmpty)
            await #expect(throws: (any Error).self) { try await Caller.connect(base) }
            try await eventually { (try? await ask(base, "/v1/messages", hello))?.text.hasPrefix("HTTP/1.1 200") == true }
        }
    }

    @Test func `the script is directed over HTTP`() async throws {
        try await withNode { _, base in
            #expect(try await ask(base, "/practice/script", #"["529",{"fault":"x"}]"#).text.hasPrefix("HTTP/1.1 400"))
            #expect(try await ask(base, "/practice/script", #"["529:3"]"#).text.contains(#""fault":"529:3""#))
            let refused = try await ask(base, "/v1/messages", hello).text
            #expect(refused.hasPrefix("HTTP/1.1 529") && refused.contains("retry-after: 3\r\n") && refused.contains("overloaded_error"))
            #expect(try await ask(base, "/v1/messages", hello).text.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `a request chooses its fault only where that is allowed`() async throws {
        for isAllowed in [true, false] {
            try await withNode {
                $0.allowsFaultHeader = isAllowed
            } body: { _, base in
                let heard = try await ask(base, "/v1/messages", hello, "x-practice-fault: 503\r\n").text
                #expect(heard.hasPrefix(isAllowed ? "HTTP/1.1 503" : "HTTP/1.1 200"))
            }
        }
    }

    @Test func `a benchmark's answers have their sizes`() async throws {
        try await withNode {
            $0.isBenchmark = true
        } body: { _, base in
            let whole = try await head(base, hello, until: "output_tokens\":200}}")
            #expect(try #require(whole.after("\r\n\r\n")).utf8.count == 1_024)
            let stream = try await head(base, helloStream, until: "\r\n0\r\n\r\n")
            #expect(unchunked(stream).components("event: ") == 105)
            #expect(unchunked(stream).components("event: content_block_delta\n") == BenchmarkAnswers.count)
            let caller = try await Caller.connect(base)
            // In pieces, two at once, and one without a body.
            let request = "POST /v1/messages HTTP/1.1\r\nHost: n\r\nContent-Length: \(hello.utf8.count)\r\n\r\n\(hello)"
            for character in request.dropLast() { try await caller.send(String(character)) }
            try await caller.send("}" + request + "HEAD / HTTP/1.1\r\n\r\n")
            var heard = ""
            while heard.components("HTTP/1.1 200 OK") < 3 { heard += await caller.hear(until: "1024\r\n\r\n") }
            await caller.leave()
        }
    }

    @Test func `a benchmark's paced stream takes its time and says when each event was written`() async throws {
        try await withNode {
            $0.isBenchmark = true
            $0.benchmarkPace = 2
        } body: { _, base in
            let start = NIODeadline.now()
            let text = unchunked(try await head(base, helloStream, until: "\r\n0\r\n\r\n"))
            #expect(NIODeadline.now() - start >= .milliseconds(200))
            let times = text.split(separator: "\n").compactMap { $0.after(#""text":""#)?.prefix { $0 != "\"" } }.compactMap { UInt64($0) }
            #expect(times.count == 100 && times == times.sorted() && times.allSatisfy { $0 > start.uptimeNanoseconds })
        }
    }

    @Test(arguments: [false, true]) func `nothing that is sent ends the node`(_ isBenchmark: Bool) async throws {
        try await withNode {
            $0.isBenchmark = isBenchmark
        } body: { _, base in
            let whole = Array(
                "POST /v1/messages HTTP/1.1\r\nhost: n\r\ncontent-length: \(helloStream.utf8.count)\r\n\r\n\(helloStream)".utf8)
            var dice = Dice(state: 7)
            for _ in 0..<300 {
                var bytes = whole
                for _ in 0..<Int.random(in: 0...4, using: &dice) {
                    bytes[Int.random(in: bytes.indices, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
                }
                let caller = try await Caller.connect(base)
                try? await caller.send(ByteBuffer(bytes: bytes.prefix(Int.random(in: 1...bytes.count, using: &dice))))
                await caller.leave()
            }
            #expect(try await head(base, hello, until: "output_tokens").contains("stop_reason"))
        }
    }

    @Test func `a name that is no name and a certificate that is none are refused`() {
        #expect(throws: PracticeNodeError.name("a b")) { try PracticeNode(PracticeNodeConfiguration(name: "a b")) }
        var configuration = PracticeNodeConfiguration(name: "north")
        configuration.certificateFile = "/nowhere.pem"
        #expect(throws: PracticeNodeError.certificate("both files are needed")) { try PracticeNode(configuration) }
        configuration.keyFile = "/nowhere.pem"
        #expect { try PracticeNode(configuration) } throws: { ($0 as? PracticeNodeError)?.code == "practice.certificate" }
    }

    @Test func `a port that somebody has can't be had`() async throws {
        try await withNode { _, base in
            var configuration = PracticeNodeConfiguration(name: "south")
            configuration.port = try #require(base.split(separator: ":").last.flatMap { Int($0) })
            let node = try PracticeNode(configuration)
            await #expect { try await node.start() } throws: { ($0 as? PracticeNodeError)?.code == "practice.listening" }
            await node.stop()
        }
    }

    private func head(_ base: String, _ body: String, until mark: String) async throws -> String {
        let caller = try await Caller.connect(base)
        try await caller.post("/v1/messages", body)
        let text = await caller.hear(until: mark)
        await caller.leave()
        return text
    }
}

/// Chance that repeats itself.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 31
    }
}

/// Until it is so, at most 10 seconds.
func eventually(_ condition: () async -> Bool) async throws {
    let limit = ContinuousClock.now + .seconds(10)
    while await !condition() {
        try #require(ContinuousClock.now < limit, "it did not come true in 10 s")
        try await Task.sleep(for: .milliseconds(5))
    }
}

extension String {
    /// How often `words` are in it.
    func components(_ words: String) -> Int { ranges(of: words).count }
}
