import Foundation
import Hummingbird
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import WebServer

@Suite("Listening")
struct ListeningLiveTests {
    @Test("on a port that is taken fails and names port and holder")
    func taken() async throws {
        let channel = try await ServerBootstrap(group: LiveServer.group).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        let error = await #expect(throws: WebServerError.self) {
            try await LiveServer.run(configure: { $0.httpPort = port }) { _ in }
        }
        #expect(error?.code == "web.port_taken")
        #expect(error?.description.hasPrefix("port \(port) on 127.0.0.1 is held by process \(getpid()) (") == true)
        try await channel.close()
    }

    @Test("in plain beyond loopback is refused before anything is bound, unless allowed")
    func exposed() async throws {
        let error = await #expect(throws: WebServerError.self) {
            try await LiveServer.run(configure: { $0.address = "0.0.0.0" }) { _ in }
        }
        #expect(error == .plainHTTPExposed(address: "0.0.0.0"))
        try await LiveServer.run(configure: { ($0.address, $0.allowPlainHTTP) = ("0.0.0.0", true) }) { live in
            let answer = try await live.ask("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.status == 200)
        }
    }

    @Test("on what is no address of this machine fails clearly", arguments: ["192.0.2.1", "no.such.name.invalid"])
    func foreign(address: String) async throws {
        let error = await #expect(throws: WebServerError.self) {
            try await LiveServer.run(configure: { ($0.address, $0.allowPlainHTTP) = (address, true) }) { _ in }
        }
        #expect(error?.code == "web.address_unusable")
    }

    @Test("closes connections over the limit at once and serves the others")
    func limit() async throws {
        try await LiveServer.run(configure: { $0.limits.connections = 3 }) { live in
            var kept: [RawSocket] = []
            for _ in 0..<3 { kept.append(try await RawSocket.open("/echo", port: live.port)) }
            let fourth = try await RawClient.connect(to: live.port)
            try await fourth.wait { $0.isEnded }
            #expect(fourth.heard.text.isEmpty)
            await fourth.close()
            try await kept[0].send("x")
            #expect(try await kept[0].nextText() == "x")
            await kept[2].client.close()
            while live.server.openConnections > 2 { await Task.yield() }
            let fifth = try await RawSocket.open("/echo", port: live.port)
            for one in kept + [fifth] { await one.client.close() }
        }
    }

    @Test("ends: requests in flight are answered, kept connections closed, new ones refused, readiness gone")
    func drains() async throws {
        let (begun, finish) = (Signal(), Signal())
        try await LiveServer.run(routes: { router in
            router.get("slow") { _, _ in
                begun.give()
                await finish.wait()
                return "done"
            }
        }) { live in
            let idle = try await RawClient.connect(to: live.port)
            try await idle.send("GET /ready HTTP/1.1\r\nHost: a\r\n\r\n")
            try await idle.wait(for: "{\"status\":\"ready\"}")
            let busy = try await RawClient.connect(to: live.port)
            try await busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            await begun.wait()
            let stopping = Task { try await live.shutDown() }
            try await idle.wait { $0.isEnded }
            await idle.close()
            #expect(live.server.readiness.stage == .draining)
            await #expect(throws: (any Error).self) { try await RawClient.connect(to: live.port) }
            finish.give()
            let text = try await busy.everything()
            #expect(text.status == 200 && text.hasSuffix("done") && text.contains("connection: close"))
            try await stopping.value
        }
    }

    @Test("ends also when a route ignores that its client has gone")
    func stubbornRoute() async throws {
        let (begun, finish) = (Signal(), Signal())
        let log = CapturedLog()
        try await LiveServer.run(
            logger: log.logger(), configure: { $0.timeouts.drain = .milliseconds(300) },
            routes: { router in
                router.get("stubborn") { _, _ in
                    begun.give()
                    await finish.wait()
                    return "too late"
                }
            }
        ) { live in
            let client = try await RawClient.connect(to: live.port)
            try await client.send("GET /stubborn HTTP/1.1\r\nHost: a\r\n\r\n")
            await begun.wait()
            try await live.shutDown()
            await client.close()
        }
        #expect(log.lines.contains { $0.contains("ignore their cancellation") })
        finish.give()
    }
}

@Suite("The count of connections")
struct ConnectionCountTests {
    @Test("lets in up to its limit, and nobody once closed")
    func limits() {
        let count = ConnectionCount(limit: 2)
        #expect([count.enter(), count.enter(), count.enter()] == [true, true, false])
        #expect(count.takeRefused() == 1 && count.takeRefused() == 0)
        count.leave()
        #expect(count.enter())
        count.leave()
        count.close()
        #expect(!count.enter() && count.open == 1)
    }

    @Test("tells everyone who waits when the last has gone")
    func empties() async {
        let count = ConnectionCount(limit: 2)
        await count.waitUntilEmpty()
        #expect(count.enter())
        async let first: Void = count.waitUntilEmpty()
        async let second: Void = count.waitUntilEmpty()
        count.leave()
        _ = await (first, second)
        #expect(count.open == 0)
    }
}
