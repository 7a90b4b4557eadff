import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Relay
import Synchronization
import TestSupport
import Testing

@testable import WebServer

@Suite("Relayed requests", .serialized, .timeLimit(.minutes(2)))
struct RelayLiveTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    /// A server whose `/v1` is relayed to a node with that script.
    private func run(
        tls: TLSMode = .disabled, logger: Logger = .silent, log: Recorder<String> = Recorder(),
        configure: (inout WebServerConfiguration) -> Void = { _ in },
        node script: @escaping @Sendable (RawPeer, Int) async throws -> Void,
        _ body: (LiveServer, RawNode, NodeConnections) async throws -> Void
    ) async throws {
        let connections = try NodeConnections(group: LiveServer.group)
        try await RawNode.run(script: script) { node in
            let route = Passing.route(connections, port: node.port, log: log)
            try await LiveServer.run(tls: tls, relays: [route], logger: logger, configure: configure) { live in
                try await body(live, node, connections)
            }
            await connections.close()
        }
    }

    private static func serve(_ peer: RawPeer, _ number: Int) async throws {
        while true {
            let request = try await peer.request()
            let body = request.components(separatedBy: "\r\n\r\n").dropFirst().joined()
            try await peer.send("HTTP/1.1 200 OK\r\nX-Echo: 1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
    }

    private static func post(_ body: String, _ path: String = "/v1/messages", extra: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\n\(extra)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("go to the node and back byte by byte, one after the other on one connection, and the router's in between")
    func bytes() async throws {
        let heard = Recorder<String>()
        try await run(node: { peer, _ in
            while true {
                heard.note(try await peer.request())
                try await peer.send(
                    "HTTP/1.1 200 OK\r\nrequest-ID: north-1\r\nDate: then\r\nX-Request-Id: theirs\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
                )
            }
        }) { live, node, _ in
            let client = try await RawClient.connect(to: live.port)
            for number in 1...3 {
                try await client.send(
                    Self.post("{\"a\":  \(number)}", "/v1/messages?beta=true", extra: "Anthropic-Version: 2023-06-01\r\nX-B: \t c\r\n"))
                let text = try await client.wait(for: "\r\n0\r\n\r\n")
                #expect(text.hasPrefix("HTTP/1.1 200 OK\r\nrequest-ID: north-1\r\nDate: then\r\n"))
                #expect(text.contains("abc\r\n0\r\n\r\n") || text.hasSuffix("2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"))
                #expect(!text.contains("theirs") && text.lowercased().count(of: "x-request-id: ") == 1)
                client.forget(text.utf8.count)
                try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                client.forget(try await client.wait(for: "hello").utf8.count)
            }
            #expect(heard.entries.count == 3 && node.accepted.value == 1)
            #expect(
                heard.entries.first
                    == "POST /v1/messages?beta=true HTTP/1.1\r\nHost: 127.0.0.1:\(node.port)\r\nAnthropic-Version: 2023-06-01\r\n"
                    + "X-B: c\r\nContent-Length: 9\r\n\r\n{\"a\":  1}"
            )
            await client.close()
        }
    }

    @Test("wait their turn when they come early, thousands of them, and are answered in order")
    func pipelining() async throws {
        try await run(node: Self.serve) { live, _, _ in
            let client = try await RawClient.connect(to: live.port)
            try await client.send(
                Self.post("one") + "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n" + Self.post("two") + Self.post("x", "/v1/here")
                    + Self.post("three"))
            let text = try await client.wait(for: "three")
            let places = ["\r\n\r\none", "hello", "\r\n\r\ntwo", " 401 ", "three"].compactMap { text.range(of: $0)?.lowerBound }
            #expect(places.count == 5 && places == places.sorted())
            client.forget(text.utf8.count)
            // Answered at once, each within the one before, if the gate were not careful.
            try await client.send(String(repeating: "GET /v1/here HTTP/1.1\r\nHost: a\r\n\r\n", count: 5_000))
            try await client.send("GET /v1/here HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await client.everything().count(of: "HTTP/1.1 401 ") == 5_001)
        }
    }

    @Test("cut at every byte come out the same")
    func cuts() async throws {
        try await run(node: Self.serve) { live, _, _ in
            let client = try await RawClient.connect(to: live.port)
            let request = "POST /v1/messages HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            for cut in 1..<request.utf8.count {
                try await client.send(String(request.prefix(cut)))
                try await client.send(String(request.dropFirst(cut)))
                let text = try await client.wait(for: "\r\n\r\nabcde")
                client.forget(text.utf8.count)
            }
            await client.close()
        }
    }

    @Test("that are answered early keep the connection when little is left of them, and end it otherwise")
    func early() async throws {
        try await run(node: Self.serve) { live, _, _ in
            let client = try await RawClient.connect(to: live.port)
            for _ in 0..<3 {
                try await client.send("POST /v1/here HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
                client.forget(try await client.wait(for: "\r\n\r\nno").utf8.count)
                try await client.send("body")
            }
            await client.close()
            for head in ["Content-Length: 300000\r\n", "Content-Length: 4\r\nExpect: 100-continue\r\n", "Transfer-Encoding: chunked\r\n"] {
                let text = try await live.ask("POST /v1/here HTTP/1.1\r\nHost: a\r\n\(head)\r\n")
                #expect(text.status == 401 && text.contains("connection: close") && text.hasSuffix("\r\n\r\nno"))
            }
            let large = try await live.ask(Self.post(String(repeating: "x", count: 1 << 20 | 1)))
            #expect(large.status == 413)
        }
    }

    @Test("are asked to continue once somebody wants their body", arguments: ["/v1/messages", "/v1/stream"])
    func continues(path: String) async throws {
        try await run(node: Self.serve) { live, _, _ in
            let client = try await RawClient.connect(to: live.port)
            for _ in 0..<2 {
                try await client.send("POST \(path) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
                client.forget(try await client.wait(for: "HTTP/1.1 100 Continue\r\n\r\n").utf8.count)
                try await client.send("body")
                let text = try await client.wait(for: "\r\n\r\nbody")
                #expect(text.hasPrefix("HTTP/1.1 200 OK"))
                client.forget(text.utf8.count)
            }
            await client.close()
        }
    }

    @Test("of HEAD, with 204 and to HTTP/1.0 are framed as they must be")
    func framing() async throws {
        try await run(node: { peer, _ in
            while true {
                let request = try await peer.request()
                if request.hasPrefix("DELETE") { try await peer.send("HTTP/1.1 204 No Content\r\n\r\n") }
                if request.hasPrefix("HEAD") { try await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") }
                if request.hasPrefix("GET") {
                    try await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")
                }
            }
        }) { live, _, _ in
            let client = try await RawClient.connect(to: live.port)
            try await client.send(
                "HEAD /v1/a HTTP/1.1\r\nHost: a\r\n\r\nDELETE /v1/a HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            let text = try await client.wait(for: "hello")
            #expect(text.count(of: "HTTP/1.1 ") == 3 && text.count(of: "\r\n\r\nHTTP/1.1 ") == 2)
            await client.close()
            let old = try await live.ask("GET /v1/a HTTP/1.0\r\n\r\n")
            #expect(old.hasPrefix("HTTP/1.0 200 OK\r\n") && old.hasSuffix("\r\n\r\nab") && !old.contains("chunked"))
        }
    }

    @Test("are cut when the node breaks in the middle, and what was said before arrives")
    func broken() async throws {
        try await run(node: { peer, _ in
            _ = try await peer.request()
            try await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        }) { live, _, connections in
            let text = try await live.ask("GET /v1/a HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(text.hasSuffix("\r\n\r\n4\r\nhalf\r\n6\r\nbroken\r\n"))
            #expect(await connections.isLeftAlone())
        }
    }

    @Test("end upstream within 50 ms when the client closes or only stops talking", arguments: [true, false])
    func leaves(isWhole: Bool) async throws {
        let (asked, ended, log, peers) = (Ear(0), Ear(0), Recorder<String>(), Recorder<RawPeer>())
        try await run(
            log: log,
            node: { peer, _ in
                _ = try await peer.request()
                peers.note(peer)
                asked.change { $0 += 1 }
                try await peer.waitForEnd()
                ended.change { $0 += 1 }
            }
        ) { live, _, connections in
            var best = Duration.seconds(60)
            for number in 1...20 where best > .milliseconds(50) {
                let client = try await RawClient.connect(to: live.port)
                try await client.send("GET /v1/a HTTP/1.1\r\nHost: a\r\n\r\n")
                await asked.wait(for: number)
                let began = ContinuousClock.now
                if isWhole { await client.close() } else { try await client.halfClose() }
                await ended.wait(for: number)
                if let end = peers.entries.last?.ear.value.endedAt { best = min(best, began.duration(to: end)) }
                await client.close()
            }
            #expect(best < .milliseconds(50))
            #expect(log.entries.last == "clientLeft")
            #expect(await connections.isLeftAlone())
        }
    }

    @Test("flow no faster than the client reads: 64 MB wait at the node, not here")
    func flood() async throws {
        let size = 64 << 20
        let sent = Ear(0)
        try await run(node: { peer, _ in
            _ = try await peer.request()
            try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            let piece = String(repeating: "x", count: 1 << 20)
            for _ in 0..<64 {
                try await peer.send(piece)
                sent.change { $0 += 1 }
            }
            try await peer.waitForEnd()
        }) { live, _, _ in
            let client = try await RawClient.connect(to: live.port, reads: false)
            try await client.send("GET /v1/a HTTP/1.1\r\nHost: a\r\n\r\n")
            await sent.wait(for: 1)
            var before = 0
            while before != sent.value {
                before = sent.value
                try await Task.sleep(for: .milliseconds(200))
            }
            // Buffers of four sockets, and what one burst brings.
            #expect(before < 40)
            try await client.channel.setOption(.autoRead, value: true).get()
            let heard = try await client.wait(.seconds(60)) { $0.bytes.readableBytes > size }
            #expect(heard.bytes.readableBytes < size + 1_000)
            await client.close()
        }
    }

    @Test("of clients that don't read, or don't finish their body, end in time")
    func late() async throws {
        let ended = Ear(0)
        try await run(
            configure: {
                $0.timeouts.body = .milliseconds(200)
                $0.timeouts.write = .milliseconds(300)
            },
            node: { peer, _ in
                _ = try await peer.request()
                try? await peer.send("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 32 << 20))
                try await peer.waitForEnd()
                ended.change { $0 += 1 }
            }
        ) { live, _, _ in
            let text = try await live.ask("POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
            #expect(text.status == 408)
            let client = try await RawClient.connect(to: live.port, reads: false)
            try await client.send("GET /v1/a HTTP/1.1\r\nHost: a\r\n\r\n")
            await ended.wait(for: 1)
            await client.close()
        }
    }

    @Test("are told when the server drains, and may finish; the connection then closes")
    func drains() async throws {
        let (asked, log, finish) = (Ear(0), Recorder<String>(), Signal())
        try await run(
            log: log, configure: { $0.timeouts.drain = .seconds(20) },
            node: { peer, _ in
                _ = try await peer.request()
                try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha")
                asked.change { $0 += 1 }
                await finish.wait()
                try await peer.send("lf")
                try await peer.waitForEnd()
            }
        ) { live, _, _ in
            let client = try await RawClient.connect(to: live.port)
            try await client.send("GET /v1/a HTTP/1.1\r\nHost: a\r\n\r\n")
            try await client.wait(for: "\r\n\r\nha")
            let stopping = Task { try await live.shutDown() }
            while !log.entries.contains("draining") { try await Task.sleep(for: .milliseconds(1)) }
            finish.give()
            #expect(try await client.everything().hasSuffix("\r\n\r\nhalf"))
            try await stopping.value
        }
    }

    @Test("that don't finish are cut when the time for draining is over")
    func cutAfterDrain() async throws {
        let log = Recorder<String>()
        try await run(
            log: log, configure: { $0.timeouts.drain = .milliseconds(500) },
            node: { peer, _ in
                _ = try await peer.request()
                try await peer.waitForEnd()
            }
        ) { live, node, connections in
            let client = try await RawClient.connect(to: live.port)
            try await client.send("GET /v1/a HTTP/1.1\r\nHost: a\r\n\r\n")
            await node.accepted.wait(for: 1)
            let time = try await ContinuousClock().measure { try await live.shutDown() }
            #expect(time >= .milliseconds(480) && time < .seconds(3))
            #expect(log.entries.suffix(2) == ["draining", "clientLeft"])
            #expect(await connections.census().exchanges == 0)
            await client.close()
        }
    }

    @Test("are written to the log, without query and bodies")
    func log() async throws {
        let captured = CapturedLog()
        try await run(logger: captured.logger(), node: Self.serve) { live, _, _ in
            _ = try await live.ask(Self.post("secret", "/v1/messages?key=secret", extra: "Connection: close\r\n"))
            let lines = captured.lines.filter { $0.contains("relayed request") }
            #expect(lines.count == 1)
            for part in ["method=POST", "path=/v1/messages", "status=200", "bytes=6", "client=127.0.0.1", "ms=", "request="] {
                #expect(lines.first?.contains(part) == true, "\(part): \(lines)")
            }
            #expect(lines.first?.contains("secret") == false)
        }
    }

    @Test("see the address behind a trusted proxy")
    func proxies() async throws {
        let log = Recorder<String>()
        try await run(log: log, configure: { $0.trustedProxies = ["127.0.0.1"] }, node: Self.serve) { live, _, _ in
            _ = try await live.ask(Self.post("x", extra: "X-Forwarded-For: 9.9.9.9\r\nConnection: close\r\n"))
            _ = try await live.ask("GET http://a/v1/here?q HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(log.entries == ["opened /v1/messages 9.9.9.9 false", "opened /v1/here?q 127.0.0.1 false"])
        }
    }

    @Test("don't go over the plain port beside TLS: that redirects")
    func redirects() async throws {
        let (directory, log) = (try TemporaryDirectory(), Recorder<String>())
        try await run(tls: .selfSigned(directory: directory.path), log: log, node: Self.serve) { live, _, _ in
            let client = try await RawClient.connect(to: live.plainPort)
            try await client.send(Self.post("x", extra: "x-api-key: secret\r\n"))
            #expect(try await client.everything().status == 308)
            #expect(log.entries.isEmpty)
            let secure = try await RawClient.connect(to: live.port, applicationProtocols: ["http/1.1"])
            try await secure.send(Self.post("over TLS"))
            try await secure.wait(for: "\r\n\r\nover TLS")
            #expect(log.entries == ["opened /v1/messages 127.0.0.1 true"])
            await secure.close()
        }
    }

    @Test("survive whatever bytes clients send")
    func fuzz() async throws {
        try await run(node: Self.serve) { live, _, connections in
            let samples = [
                Self.post("body"), Self.post("body", "/v1/stream"), Self.post("b", "/v1/here"), "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /v1/messages HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: x\r\n\r\n",
                "POST /v1/stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                "POST /v1/a HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: upgrade\r\nContent-Length: 1\r\n\r\nx",
                "HEAD /v1/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
            ]
            await withTaskGroup(of: Void.self) { tasks in
                for worker in 0..<4 {
                    tasks.addTask {
                        for _ in 0..<60 {
                            guard let client = try? await RawClient.connect(to: live.port) else { continue }
                            var bytes = Array((0..<Int.random(in: 1...4)).map { _ in samples.randomElement() ?? "" }.joined().utf8)
                            for _ in 0..<Int.random(in: 0...2) {
                                let place = Int.random(in: 0..<bytes.count)
                                if Bool.random() { bytes[place] = .random(in: .min ... .max) } else { bytes.remove(at: place) }
                            }
                            var rest = bytes[...]
                            while !rest.isEmpty {
                                let count = Int.random(in: 1...rest.count)
                                client.sendBlindly(ByteBuffer(bytes: rest.prefix(count)))
                                rest = rest.dropFirst(count)
                            }
                            if worker % 2 == 0 { _ = try? await client.wait(.milliseconds(20)) { $0.isEnded } }
                            await client.close()
                        }
                    }
                }
            }
            let text = try await live.ask(Self.post("still here", extra: "Connection: close\r\n"))
            #expect(text.hasSuffix("still here"))
            while await connections.census().exchanges > 0 { try await Task.sleep(for: .milliseconds(1)) }
        }
    }
}

extension NodeConnections {
    /// Soon no connection and no exchange is left: what the other side has seen end, ours may see a moment later.
    fileprivate func isLeftAlone() async -> Bool {
        for _ in 0..<1_000 {
            if await census() == .init() { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }
}
