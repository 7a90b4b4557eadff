import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Relay

@Suite("Connections to nodes", .timeLimit(.minutes(1)))
struct NodeClientTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test("ask in the bytes of HTTP/1.1 and keep names, order and case of fields")
    func bytes() async throws {
        let heard = Ear("")
        try await RawNode.run { peer, _ in
            let request = try await peer.request()
            heard.change { $0 = request }
            try await peer.send("HTTP/1.1 201 Made\r\nX-One: 1\r\nContent-Length: 5\r\nx-Two: 2\r\n\r\nhello")
            try await peer.waitForEnd()
        } _: { node in
            try await NodeConnections.run { connections in
                let headers: HTTPHeaders = [
                    "X-B": "1", "a": "2", "host": "evil", "Content-Length": "9", "Transfer-Encoding": "chunked", "Connection": "close",
                    "expect": "x",
                ]
                let answer = try await connections.ask(node.target(), .POST, "/v1/x?beta=true", headers: headers, body: "12345")
                #expect(
                    heard.value
                        == "POST /v1/x?beta=true HTTP/1.1\r\nHost: 127.0.0.1:\(node.port)\r\nX-B: 1\r\na: 2\r\n"
                        + "Content-Length: 5\r\n\r\n12345"
                )
                #expect(answer.text == "hello" && answer.head.status == .created)
                #expect(answer.head.headers.map(\.name) == ["X-One", "Content-Length", "x-Two"])
            }
        }
    }

    @Test("never let a field or a target become two lines")
    func injection() async throws {
        try await RawNode.run { peer, _ in
            _ = try await peer.request()
        } _: { node in
            try await NodeConnections.run { connections in
                for headers in [
                    HTTPHeaders([("a", "b\r\nc: d")]), HTTPHeaders([("a\r\nb", "c")]), HTTPHeaders([("a", "\u{0}")]),
                    HTTPHeaders([("a", "b\nc: d")]),
                ] {
                    await #expect(throws: NodeClientError.self) { try await connections.ask(node.target(), headers: headers) }
                }
                for uri in ["/ HTTP/1.1\r\nA: b", "/a b", "", "/\u{7F}"] {
                    await #expect(throws: NodeClientError.self) { try await connections.ask(node.target(), .GET, uri) }
                }
            }
        }
    }

    @Test("serve again when both sides are through, the last one first")
    func reuse() async throws {
        try await RawNode.run { peer, _ in
            while true {
                _ = try await peer.request()
                try await peer.send(Self.ok)
            }
        } _: { node in
            try await NodeConnections.run { connections in
                for _ in 0..<20 {
                    let answer = try await connections.ask(node.target(), .POST, body: "x")
                    #expect(answer.text == "ok")
                }
                #expect(node.accepted.value == 1)
                #expect(await connections.census() == .init(connections: 1, idle: 1, exchanges: 0))
            }
        }
    }

    @Test(
        "don't serve again after an answer that says so, has an open end, or is followed by stray bytes",
        arguments: [
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok!",
        ])
    func noReuse(answer: String) async throws {
        try await RawNode.run { peer, _ in
            _ = try await peer.request()
            try await peer.send(answer)
            try await peer.waitForEnd()
        } _: { node in
            try await NodeConnections.run { connections in
                for _ in 0..<3 {
                    let answer = try await connections.ask(node.target())
                    #expect(answer.text == "ok")
                }
                #expect(node.accepted.value == 3)
            }
        }
    }

    @Test("read an answer that ends with the connection, and one without a body")
    func openEnd() async throws {
        try await RawNode.run { peer, _ in
            let request = try await peer.request()
            try await peer.send(
                request.hasPrefix("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" : "HTTP/1.1 200 OK\r\n\r\nuntil the end")
            if request.hasPrefix("HEAD") { try await peer.waitForEnd() }
        } _: { node in
            try await NodeConnections.run { connections in
                let (whole, head) = (try await connections.ask(node.target()), try await connections.ask(node.target(), .HEAD))
                #expect(whole.text == "until the end" && head.text == "")
            }
        }
    }

    @Test("close when bytes come that nobody asked for, and when the node closes")
    func idleEnds() async throws {
        let gone = Ear(0)
        try await RawNode.run { peer, number in
            _ = try await peer.request()
            try await peer.send(Self.ok)
            if number == 0 {
                try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
                try await peer.waitForEnd()
            }
            await peer.close()
            gone.change { $0 += 1 }
        } _: { node in
            try await NodeConnections.run { connections in
                for number in 1...4 {
                    #expect(try await connections.ask(node.target()).text == "ok")
                    try await gone.wait { $0 == number }
                    while await connections.census().connections > 0 { try await Task.sleep(for: .milliseconds(1)) }
                }
                #expect(node.accepted.value == 4)
            }
        }
    }

    @Test("keep no more than allowed, and none for longer")
    func bounds() async throws {
        try await RawNode.run { peer, _ in
            while true {
                _ = try await peer.request()
                try await node(answers: peer)
            }
        } _: { node in
            try await NodeConnections.run(rules: { ($0.keptPerTarget, $0.keptFor) = (3, .milliseconds(200)) }) { connections in
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for _ in 0..<8 { tasks.addTask { _ = try await connections.ask(node.target()) } }
                    try await tasks.waitForAll()
                }
                while await connections.census().connections > 3 { try await Task.sleep(for: .milliseconds(1)) }
                #expect(node.accepted.value == 8)
                let began = ContinuousClock.now
                while await connections.census().connections > 0 { try await Task.sleep(for: .milliseconds(20)) }
                #expect(began.duration(to: .now) < .seconds(4))
            }
        }
    }

    /// Slowly, so that all are under way at once.
    private func node(answers peer: RawPeer) async throws {
        try await Task.sleep(for: .milliseconds(50))
        try await peer.send(Self.ok)
    }

    @Test("say of a kept connection that breaks before its answer that it may have been stale")
    func stale() async throws {
        try await RawNode.run { peer, number in
            _ = try await peer.request()
            try await peer.send(Self.ok)
            guard number == 0 else { return try await peer.waitForEnd() }
            _ = try await peer.request()
            await peer.reset()
        } _: { node in
            try await NodeConnections.run { connections in
                _ = try await connections.ask(node.target())
                let failure = await connections.failure(node.target())
                #expect(failure?.wasSent == true && failure?.wasReused == true && failure?.kind == .reset)
                #expect(try await connections.ask(node.target()).text == "ok")
            }
        }
    }

    @Test("name how an answer failed")
    func failures() async throws {
        let cases: [(String, AttemptFailure.Kind)] = [
            ("", .closed), ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", .closed),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", .closed),
            ("HTTP/1.1 200 OK\r\nContent-Le", .closed), ("garbage", .malformed),
            ("HTTP/1.1 200 OK\r\nA: \(String(repeating: "x", count: 70_000))", .headTooLarge),
            ("HTTP/1.1 200 OK\r\n\(String(repeating: "A: b\r\n", count: 201))\r\n", .headTooLarge),
        ]
        for (text, kind) in cases {
            try await RawNode.run { peer, _ in
                _ = try await peer.request()
                try await peer.send(text)
            } _: { node in
                try await NodeConnections.run { connections in
                    let failure = await connections.failure(node.target(), .POST)
                    #expect(
                        failure?.kind == kind && failure?.wasSent == true && failure?.wasReused == false,
                        "\(text.prefix(40)): \(String(describing: failure))")
                }
            }
        }
    }

    @Test("name why there is no connection")
    func noConnection() async throws {
        let closedPort = try await RawNode.run { _, _ in
        } _: {
            $0.port
        }
        try await NodeConnections.run { connections in
            func kind(_ host: String, reach: AddressReach = .loopback, time: TimeAmount = .seconds(3)) async -> AttemptFailure.Kind? {
                let failure = await connections.failure(
                    NodeTarget(host: host, port: closedPort, isSecure: false, reach: reach), connectTimeout: time)
                #expect(failure?.wasSent == false)
                return failure?.kind
            }
            #expect(await kind("127.0.0.1") == .refused)
            #expect(await kind("localhost") == .refused)
            #expect(await kind("127.0.0.1", reach: []) == .forbiddenAddress)
            #expect(await kind("localhost", reach: [.privateNetworks]) == .forbiddenAddress)
            #expect(await kind("0x7f.1", reach: []) == .forbiddenAddress)
            #expect(await kind("2130706433", reach: []) == .forbiddenAddress)
            #expect(await kind("169.254.169.254", reach: [.loopback, .privateNetworks]) == .forbiddenAddress)
            #expect(await kind("::ffff:169.254.169.254", reach: [.loopback, .privateNetworks]) == .forbiddenAddress)
            #expect(await kind("nowhere.invalid") == .unresolved)
            #expect(await connections.census().connections == 0)
        }
    }

    @Test("give up in time when nobody answers the handshake")
    func silentHandshake() async throws {
        try await RawNode.run { peer, _ in
            try await peer.waitForEnd()
        } _: { node in
            try await NodeConnections.run { connections in
                let began = ContinuousClock.now
                let failure = await connections.failure(node.target(isSecure: true), connectTimeout: .milliseconds(200))
                #expect(failure?.kind == .connectTimeout && began.duration(to: .now) < .seconds(5))
                while await connections.census().connections > 0 { try await Task.sleep(for: .milliseconds(1)) }
            }
        }
    }

    @Test("trust the authorities of the file, for the right name and time only")
    func tls() async throws {
        let (authority, stranger) = (try Authority(), try Authority())
        let loopback: [UInt8] = [127, 0, 0, 1]
        let cases: [(String, () throws -> NIOSSLContextBox, String, Bool)] = [
            ("name", { .init(try authority.context(dns: "localhost")) }, "localhost", true),
            ("address", { .init(try authority.context(address: loopback)) }, "127.0.0.1", true),
            ("wrong name", { .init(try authority.context(dns: "north.example")) }, "localhost", false),
            ("address instead of name", { .init(try authority.context(address: loopback)) }, "localhost", false),
            ("name instead of address", { .init(try authority.context(dns: "127.0.0.1")) }, "127.0.0.1", false),
            ("expired", { .init(try authority.context(dns: "localhost", age: -7_200)) }, "localhost", false),
            ("not yet", { .init(try authority.context(dns: "localhost", age: 7_200)) }, "localhost", false),
            ("unknown authority", { .init(try stranger.context(dns: "localhost")) }, "localhost", false),
        ]
        for (name, make, host, isGood) in cases {
            let heard = Ear(false)
            try await RawNode.run(tls: try make().context) { peer, _ in
                while true {
                    _ = try await peer.request()
                    heard.change { $0 = true }
                    try await peer.send(Self.ok)
                }
            } _: { node in
                try await NodeConnections.run(rules: { $0.authorities = authority.path }) { connections in
                    let failure = await connections.failure(node.target(host: host, isSecure: true))
                    #expect(failure?.kind == (isGood ? nil : .tls), "\(name): \(String(describing: failure))")
                    #expect(heard.value == isGood, "\(name)")
                    guard isGood else { return }
                    #expect(await connections.failure(node.target(host: host, isSecure: true)) == nil)
                    #expect(node.accepted.value == 1)
                }
            }
        }
    }

    @Test("take a TLS connection that ends without a goodbye for cut")
    func tlsTruncation() async throws {
        let authority = try Authority()
        try await RawNode.run(tls: try authority.context(dns: "localhost")) { peer, _ in
            _ = try await peer.request()
            try await peer.send("HTTP/1.1 200 OK\r\n\r\nhalf")
            await peer.drop()
        } _: { node in
            try await NodeConnections.run(rules: { $0.authorities = authority.path }) { connections in
                #expect(await connections.failure(node.target(host: "localhost", isSecure: true))?.kind == .closed)
            }
        }
    }

    @Test("refuse a file of authorities that holds none")
    func badAuthorities() throws {
        var rules = NodeConnectionRules()
        rules.authorities = "/nowhere/authorities.pem"
        #expect(throws: RelayError.authoritiesUnreadable(path: "/nowhere/authorities.pem")) {
            _ = try NodeConnections(group: NodeConnections.oneLoop, rules: rules)
        }
    }

    @Test("obey time, size and cancellation")
    func bounded() async throws {
        let (asked, ended) = (Ear(0), Ear(0))
        try await RawNode.run { peer, _ in
            let request = try await peer.request()
            asked.change { $0 += 1 }
            if request.hasPrefix("GET /large") { try? await peer.send("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 100_000)) }
            try await peer.waitForEnd()
            ended.change { $0 += 1 }
        } _: { node in
            try await NodeConnections.run { connections in
                await #expect(throws: NodeClientError.late) { try await connections.ask(node.target(), time: .milliseconds(100)) }
                try await ended.wait { $0 == 1 }
                await #expect(throws: NodeClientError.tooLarge(limit: 1_000)) {
                    try await connections.ask(node.target(), .GET, "/large", limit: 1_000)
                }
                try await ended.wait { $0 == 2 }
                let asking = Task { try await connections.ask(node.target()) }
                try await asked.wait { $0 == 3 }
                let began = ContinuousClock.now
                asking.cancel()
                await #expect(throws: NodeClientError.cancelled) { try await asking.value }
                try await ended.wait { $0 == 3 }
                #expect(began.duration(to: .now) < .milliseconds(500))
                #expect(await connections.census() == .init())
            }
        }
    }
}

import NIOSSL

/// So that each case makes its own.
struct NIOSSLContextBox {
    let context: NIOSSLContext

    init(_ context: NIOSSLContext) {
        self.context = context
    }
}
