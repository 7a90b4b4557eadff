import HTTPTypes
import Hummingbird
import NIOCore
import TestSupport
import Testing

@testable import WebServer

@Suite("HTTP/2")
struct HTTP2LiveTests {
    private func run(
        configure: (inout WebServerConfiguration) -> Void = { _ in }, routes: (Router<RequestScope>) -> Void = { _ in },
        _ body: (LiveServer, HTTP2Client) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        try await LiveServer.run(tls: .selfSigned(directory: directory.path), configure: configure, routes: routes) { live in
            let client = try await HTTP2Client.connect(to: live.port)
            try await body(live, client)
            try? await client.channel.close()
        }
    }

    @Test("carries many requests at once over one connection")
    func many() async throws {
        try await run(routes: { router in
            router.get("n/:number") { _, context in context.parameters.get("number") ?? "" }
        }) { live, client in
            let texts = try await withThrowingTaskGroup(of: String.self) { tasks in
                for number in 0..<100 { tasks.addTask { try await client.get("/n/\(number)").text } }
                return try await tasks.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(texts == Set((0..<100).map(String.init)))
            #expect(live.server.openConnections == 1)
        }
    }

    @Test("has the same answers: errors, limits, headers of security, sockets by HTTP/1.1 only")
    func answers() async throws {
        try await run { _, client in
            let hello = try await client.get("/hello")
            #expect(hello.head.status == .ok && hello.head.headerFields[.strictTransportSecurity] != nil && hello.text == "hello")
            #expect(try await client.get("/nowhere").text.contains("web.not_found"))
            #expect(try await client.get("/" + String(repeating: "a", count: 9_000)).text.contains("web.target_too_long"))
            #expect(try await client.get("no-slash").text.contains("web.bad_request"))
            let socket = try await client.get("/echo")
            #expect(socket.head.status == .upgradeRequired && socket.text.contains("web.websocket_expected"))
            let post = HTTPRequest(
                method: .post, scheme: "https", authority: "a", path: "/length", headerFields: [.contentType: "application/json"])
            #expect(try await client.ask(post, body: "12345").text == "5")
            #expect(try await client.ask(post, body: String(repeating: "x", count: 70_000)).text.contains("web.body_too_large"))
        }
    }

    @Test("ends a body that stops coming")
    func lateBody() async throws {
        try await run(configure: { $0.timeouts.body = .milliseconds(150) }) { _, client in
            let post = HTTPRequest(
                method: .post, scheme: "https", authority: "a", path: "/length", headerFields: [.contentType: "application/json"])
            let answer = try await client.ask(post, body: "1", isWhole: false)
            #expect(answer.head.status == .requestTimeout && answer.text.contains("web.body_late"))
        }
    }

    @Test("closes an idle connection, but not one with a slow answer")
    func idle() async throws {
        try await run(
            configure: { ($0.timeouts.idle, $0.timeouts.linger) = (.seconds(2), .milliseconds(100)) },
            routes: { router in
                router.get("slow") { _, _ in
                    try await Task.sleep(for: .milliseconds(2_500))
                    return "slow"
                }
            }
        ) { _, client in
            #expect(try await client.get("/slow").text == "slow")
            try await client.channel.closeFuture.get()
        }
    }

    @Test("answers what is in flight when the server stops")
    func drains() async throws {
        let (begun, finish) = (Signal(), Signal())
        try await run(routes: { router in
            router.get("slow") { _, _ in
                begun.give()
                await finish.wait()
                return "done"
            }
        }) { live, client in
            async let answer = client.get("/slow")
            await begun.wait()
            let stopping = Task { try await live.shutDown() }
            while live.server.readiness.stage != .draining { await Task.yield() }
            finish.give()
            #expect(try await answer.text == "done")
            try await stopping.value
        }
    }

    @Test("cancels the work for a client that has gone")
    func cancels() async throws {
        let (begun, cancelled) = (Signal(), Signal())
        try await run(routes: { router in
            router.get("wait") { _, _ in
                begun.give()
                do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.give() }
                return "late"
            }
        }) { _, client in
            let asking = Task { try await client.get("/wait") }
            await begun.wait()
            try await client.channel.close()
            await cancelled.wait()
            _ = await asking.result
        }
    }
}
