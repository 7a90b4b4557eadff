import Hummingbird
import NIOCore
import TestSupport
import Testing

@testable import WebServer

@Suite("Time-outs")
struct TimeoutLiveTests {
    @Test("end a connection that says nothing, and one that dribbles its head", arguments: ["", "GET /hello HTT"])
    func heads(start: String) async throws {
        try await LiveServer.run(configure: { $0.timeouts.head = .milliseconds(150) }) { live in
            let text = try await live.ask(start)
            #expect(text.status == 408 && text.contains("web.head_late"))
        }
    }

    @Test("end a dribbled head however steadily it dribbles")
    func dribble() async throws {
        try await LiveServer.run(configure: { $0.timeouts.head = .milliseconds(150) }) { live in
            let client = try await RawClient.connect(to: live.port)
            let dribbling = Task {
                try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n")
                while !Task.isCancelled {
                    try await client.send("X: y\r\n")
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            let heard = try await client.wait { $0.isEnded }
            dribbling.cancel()
            #expect(heard.text.status == 408)
            await client.close()
        }
    }

    @Test("end a body that stops coming")
    func bodies() async throws {
        try await LiveServer.run(configure: { $0.timeouts.body = .milliseconds(150) }) { live in
            let text = try await live.ask(
                "POST /length HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n123")
            #expect(text.status == 408 && text.contains("web.body_late"))
        }
    }

    @Test("end a kept connection without a word, but not a slow answer")
    func idle() async throws {
        try await LiveServer.run(
            configure: { $0.timeouts.idle = .milliseconds(150) },
            routes: { router in
                router.get("slow") { _, _ in
                    try await Task.sleep(for: .milliseconds(500))
                    return "slow"
                }
            }
        ) { live in
            let text = try await live.ask("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(text.status == 200 && text.hasSuffix("slow"))
        }
    }

    @Test("end a response that nobody reads")
    func stalled() async throws {
        try await LiveServer.run(
            configure: { $0.timeouts.write = .milliseconds(300) },
            routes: { router in
                router.get("flood") { _, _ in
                    Response(
                        status: .ok,
                        body: ResponseBody { writer in
                            let chunk = ByteBuffer(repeating: 0x78, count: 65_536)
                            for _ in 0..<1_000 { try await writer.write(chunk) }
                            try await writer.finish(nil)
                        })
                }
            }
        ) { live in
            let client = try await RawClient.connect(to: live.port, reads: false)
            try await client.send("GET /flood HTTP/1.1\r\nHost: a\r\n\r\n")
            while live.server.openConnections == 0 { await Task.yield() }
            await live.server.connectionsEnd()
            await client.close()
        }
    }

    @Test("ping quiet sockets, keep those that answer and end those that don't")
    func sockets() async throws {
        try await LiveServer.run(configure: {
            ($0.timeouts.socketSilence, $0.timeouts.socketPing) = (.seconds(2), .milliseconds(50))
        }) { live in
            let socket = try await RawSocket.open("/echo", port: live.port)
            for _ in 0..<4 {
                let frame = try await socket.next()
                #expect(frame.opcode == 9)
                try await socket.send(RawSocket.frame(10, frame.payload))
            }
            try await socket.client.wait { $0.isEnded }
            await socket.client.close()
        }
    }
}

extension WebServer {
    /// Until the last connection has gone.
    func connectionsEnd() async {
        while openConnections > 0 { try? await Task.sleep(for: .milliseconds(5)) }
    }
}
