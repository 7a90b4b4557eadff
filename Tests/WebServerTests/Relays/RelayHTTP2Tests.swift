import Foundation
import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Relay
import TestSupport
import Testing

@testable import WebServer

@Suite("Relayed requests over HTTP/2", .serialized, .timeLimit(.minutes(1)))
struct RelayHTTP2Tests {
    private func run(
        log: Recorder<String> = Recorder(), configure: (inout WebServerConfiguration) -> Void = { _ in },
        node script: @escaping @Sendable (RawPeer, Int) async throws -> Void,
        _ body: (LiveServer, HTTP2Client, NodeConnections) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let connections = try NodeConnections(group: LiveServer.group)
        try await RawNode.run(script: script) { node in
            let route = Passing.route(connections, port: node.port, log: log)
            try await LiveServer.run(tls: .selfSigned(directory: directory.path), relays: [route], configure: configure) { live in
                let client = try await HTTP2Client.connect(to: live.port)
                try await body(live, client, connections)
                try? await client.channel.close()
            }
            await connections.close()
        }
    }

    private static func post(_ path: String, _ fields: HTTPFields = [:]) -> HTTPRequest {
        HTTPRequest(method: .post, scheme: "https", authority: "a", path: path, headerFields: fields)
    }

    private static func serve(_ peer: RawPeer, _ number: Int) async throws {
        while true {
            let request = try await peer.request()
            let body = request.components(separatedBy: "\r\n\r\n").dropFirst().joined()
            try await peer.send(
                "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: 5\r\nX-Echo: 1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
        }
    }

    @Test("go to the node and back, a hundred at once, beside the router's")
    func many() async throws {
        try await run(node: Self.serve) { live, client, _ in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<100 {
                    tasks.addTask {
                        let path = number % 2 == 0 ? "/v1/messages" : "/v1/here"
                        let answer = try await client.ask(Self.post(path, [.contentLength: "3"]), body: "abc")
                        #expect(answer.text == (number % 2 == 0 ? "abc" : "no"))
                        #expect(answer.head.headerFields[.requestID] != nil && answer.head.headerFields[.date] != nil)
                    }
                }
                try await tasks.waitForAll()
            }
            let hello = try await client.get("/hello")
            #expect(hello.text == "hello")
        }
    }

    @Test("stream a body without a length in chunks")
    func chunked() async throws {
        let log = Recorder<String>()
        try await run(node: { peer, _ in
            let heard = try await peer.ear.wait(.seconds(10)) { $0.text.hasSuffix("0\r\n\r\n") }
            log.note(heard.text)
            try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            try await peer.waitForEnd()
        }) { _, client, _ in
            let answer = try await client.ask(Self.post("/v1/stream"), body: "abc")
            #expect(answer.text == "ok")
            #expect(log.entries.first?.hasSuffix("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n") == true)
        }
    }

    @Test("end upstream when the client resets its stream, and the connection goes on")
    func leaves() async throws {
        let (asked, ended, log) = (Ear(0), Ear(0), Recorder<String>())
        try await run(
            log: log,
            node: { peer, _ in
                _ = try await peer.request()
                asked.change { $0 += 1 }
                try await peer.waitForEnd()
                ended.change { $0 += 1 }
            }
        ) { _, client, connections in
            let asking = Task { try await client.get("/v1/a") }
            await asked.wait(for: 1)
            asking.cancel()
            _ = await asking.result
            await ended.wait(for: 1)
            #expect(log.entries.last == "clientLeft")
            while await connections.census().exchanges > 0 { try await Task.sleep(for: .milliseconds(1)) }
            let hello = try await client.get("/hello")
            #expect(hello.text == "hello")
        }
    }

    @Test("are reset, not ended, when the node breaks in the middle")
    func broken() async throws {
        try await run(node: { peer, _ in
            _ = try await peer.request()
            try await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        }) { _, client, _ in
            await #expect(throws: (any Error).self) { try await client.get("/v1/a") }
            let hello = try await client.get("/hello")
            #expect(hello.text == "hello")
        }
    }

    @Test("are told when the server drains, and may finish")
    func drains() async throws {
        let (asked, log, finish) = (Ear(0), Recorder<String>(), Signal())
        try await run(
            log: log, configure: { $0.timeouts.drain = .seconds(20) },
            node: { peer, _ in
                _ = try await peer.request()
                asked.change { $0 += 1 }
                await finish.wait()
                try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
                try await peer.waitForEnd()
            }
        ) { live, client, _ in
            let asking = Task { try await client.get("/v1/a") }
            await asked.wait(for: 1)
            let stopping = Task { try await live.shutDown() }
            while !log.entries.contains("draining") { try await Task.sleep(for: .milliseconds(1)) }
            finish.give()
            #expect(try await asking.value.text == "late")
            try await stopping.value
        }
    }

    @Test("are cut when the time for draining is over, and the relay hears of it")
    func cutAfterDrain() async throws {
        let (asked, log) = (Ear(0), Recorder<String>())
        try await run(
            log: log, configure: { $0.timeouts.drain = .milliseconds(300) },
            node: { peer, _ in
                _ = try await peer.request()
                asked.change { $0 += 1 }
                try await peer.waitForEnd()
            }
        ) { live, client, connections in
            let asking = Task { try await client.get("/v1/a") }
            await asked.wait(for: 1)
            try await live.shutDown()
            _ = await asking.result
            #expect(log.entries.suffix(2) == ["draining", "clientLeft"])
            #expect(await connections.census().exchanges == 0)
        }
    }
}
