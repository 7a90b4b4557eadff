import HTTPTypes
import Hummingbird
import NIOCore
import TestSupport
import Testing

@testable import WebServer

@Suite("A drain")
struct DrainLiveTests {
    /// So long that only what ends at once ends in a test's time.
    private static func patient(_ configuration: inout WebServerConfiguration) {
        configuration.timeouts.drain = .seconds(60)
        configuration.timeouts.linger = .seconds(60)
    }

    private static let ready = "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"

    /// How long `live` takes to end.
    private func timeToEnd(_ live: LiveServer) async throws -> Duration {
        try await ContinuousClock().measure { try await live.shutDown() }
    }

    @Test("ends idle connections at once, fresh or kept, whose clients don't answer")
    func idlePlain() async throws {
        try await LiveServer.run(configure: Self.patient) { live in
            let fresh = try await RawClient.connect(to: live.port, reads: false)
            let kept = try await RawClient.connect(to: live.port)
            try await kept.send(Self.ready)
            try await kept.wait(for: "{\"status\":\"ready\"}")
            while live.server.openConnections < 2 { await Task.yield() }
            #expect(try await timeToEnd(live) < .seconds(2))
            for client in [fresh, kept] { await client.close() }
        }
    }

    @Test("ends idle TLS connections at once and with TLS's goodbye, also those in mid-handshake")
    func idleTLS() async throws {
        let directory = try TemporaryDirectory()
        try await LiveServer.run(tls: .selfSigned(directory: directory.path), configure: Self.patient) { live in
            let silent = try await RawClient.connect(to: live.port)
            let kept = try await RawClient.connect(to: live.port, applicationProtocols: ["http/1.1"])
            try await kept.send(Self.ready)
            try await kept.wait(for: "{\"status\":\"ready\"}")
            let fresh = try await RawClient.connect(to: live.port, applicationProtocols: ["http/1.1"])
            while try await fresh.peerCertificate().isEmpty { await Task.yield() }
            while live.server.openConnections < 3 { await Task.yield() }
            #expect(try await timeToEnd(live) < .seconds(2))
            let heard = try await kept.wait { $0.isEnded }
            // Without it the client would have to take the end for an attack that cuts answers short.
            #expect(!heard.isBroken)
            for client in [silent, kept, fresh] { await client.close() }
        }
    }

    @Test("ends HTTP/2 connections without requests at once")
    func idleHTTP2() async throws {
        let directory = try TemporaryDirectory()
        try await LiveServer.run(tls: .selfSigned(directory: directory.path), configure: Self.patient) { live in
            let client = try await HTTP2Client.connect(to: live.port)
            // The route answers when it has heard the request's end: so no stream is half open any more.
            let post = HTTPRequest(
                method: .post, scheme: "https", authority: "a", path: "/length", headerFields: [.contentType: "application/json"])
            #expect(try await client.ask(post, body: "12345").text == "5")
            #expect(try await timeToEnd(live) < .seconds(2))
            try? await client.channel.close()
        }
    }

    @Test("answers a request that had begun: not ready, draining, and the connection ends")
    func begunHead() async throws {
        try await LiveServer.run { live in
            let client = try await RawClient.connect(to: live.port)
            try await client.send("GET /ready HTTP/1.1\r\nHo")
            // No server says that it has half a head. But the two event loops take connections in turn: two later answers tell.
            for _ in 0..<2 { #expect(try await live.ask("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").status == 200) }
            let stopping = Task { try await live.shutDown() }
            while live.server.readiness.stage != .draining { await Task.yield() }
            try await client.send("st: a\r\n\r\n")
            let text = try await client.everything()
            #expect(text.status == 503 && text.hasSuffix("{\"status\":\"draining\"}"))
            try await stopping.value
        }
    }

    @Test("lets a client take the whole of a large answer at its own pace")
    func slowReader() async throws {
        let size = 32 * 1_024 * 1_024
        try await LiveServer.run(
            configure: {
                $0.timeouts.linger = .milliseconds(50)
                $0.timeouts.drain = .seconds(30)
            },
            routes: { router in
                router.get("large") { _, _ in
                    Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(repeating: 0x61, count: size)))
                }
            }
        ) { live in
            let client = try await RawClient.connect(to: live.port)
            try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            try await client.wait(for: "HTTP/1.1 200")
            try await client.channel.setOption(.autoRead, value: false).get()
            let stopping = Task { try await live.shutDown() }
            while live.server.readiness.stage != .draining { await Task.yield() }
            // Several times as long as the server lingers.
            try await Task.sleep(for: .milliseconds(300))
            try await client.channel.setOption(.autoRead, value: true).get()
            let heard = try await client.wait { $0.isEnded }
            #expect(heard.bytes.readableBytes > size)
            await client.close()
            try await stopping.value
        }
    }
}
