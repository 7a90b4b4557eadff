import Foundation
import NIOCore
import TestSupport
import Testing

@testable import WebServer

@Suite("Malformed input, seeded")
struct FuzzLiveTests {
    private static let requests = 10_000
    private static let frames = 10_000

    @Test("as requests: each is answered or closed, none crashes, no connection stays")
    func requests() async throws {
        try await LiveServer.run(configure: { $0.timeouts.linger = .milliseconds(200) }) { live in
            try await Self.inParallel(Self.requests) { number in
                var random = SeededRandom(seed: UInt64(number))
                let client = try await RawClient.connect(to: live.port)
                client.sendBlindly(Self.request(&random))
                // Half of them say that nothing more will come: what is unfinished then ends at once.
                try? await client.halfClose()
                let heard = try await client.wait { $0.isEnded }
                let text = heard.text
                if !text.isEmpty, !text.hasPrefix("HTTP/1.") { Issue.record("request \(number) was answered with \(text.prefix(60))") }
                await client.close()
            }
            await live.server.connectionsEnd()
            let after = try await live.ask("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(after.status == 200)
        }
    }

    @Test("as requests on a connection that stays open: each gets a status or a time-out's")
    func openRequests() async throws {
        try await LiveServer.run(configure: {
            ($0.timeouts.head, $0.timeouts.body, $0.timeouts.idle) = (.milliseconds(300), .milliseconds(300), .milliseconds(300))
            $0.timeouts.socketSilence = .milliseconds(300)
        }) { live in
            try await Self.inParallel(1_000) { number in
                var random = SeededRandom(seed: UInt64(1_000_000 + number))
                let client = try await RawClient.connect(to: live.port)
                let request = Self.request(&random)
                client.sendBlindly(request)
                let text = try await client.everything()
                if text.status == nil {
                    Issue.record("request \(number) was met with silence: \(String(buffer: request).prefix(200).debugDescription)")
                }
            }
            await live.server.connectionsEnd()
        }
    }

    @Test("as frames: each ends its socket with a valid code or is answered, no socket stays")
    func frames() async throws {
        let handler = NotingHandler()
        try await LiveServer.run(sockets: [handler.route("/ws")], configure: { $0.timeouts.linger = .milliseconds(200) }) { live in
            // Ten frames a connection, as far as it lives.
            try await Self.inParallel(Self.frames / 10) { number in
                var random = SeededRandom(seed: UInt64(2_000_000 + number))
                let socket = try await RawSocket.open("/ws", port: live.port)
                for _ in 0..<10 { socket.client.sendBlindly(Self.frame(&random)) }
                socket.client.sendBlindly(RawSocket.frame(8, [0x03, 0xE8]))
                try? await socket.client.halfClose()
                let code = try await socket.closeCode()
                if let code, ![1_000, 1_002, 1_003, 1_007, 1_009].contains(code), !CloseCode.isValid(code) {
                    Issue.record("close code \(code)")
                }
                await socket.client.close()
            }
            await live.server.connectionsEnd()
            #expect(handler.told.entries.filter { $0 == "opened" }.count == handler.told.entries.filter { $0 == "closed" }.count)
        }
    }

    /// A good request in which something was turned.
    private static func request(_ random: inout SeededRandom) -> ByteBuffer {
        let seeds = [
            "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /length HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n12345",
            "POST /length HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n", RawSocket.request("/echo"),
            RawSocket.request("/hello"),
            "GET /hello HTTP/1.0\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET http://a/hello?q HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ]
        var bytes = Array(seeds[Int.random(in: 0..<seeds.count, using: &random)].utf8)
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 1: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...8, using: &random)))
            case 3: bytes.insert(contentsOf: Array("\r\n".utf8), at: place)
            case 4: bytes.insert(contentsOf: bytes.prefix(place), at: place)
            default: bytes.insert(contentsOf: [UInt8](repeating: 0x41, count: Int.random(in: 0...40_000, using: &random)), at: place)
            }
        }
        return ByteBuffer(bytes: bytes)
    }

    private static func frame(_ random: inout SeededRandom) -> ByteBuffer {
        let opcodes: [UInt8] = [0, 1, 1, 1, 2, 3, 8, 9, 10, 15]
        let payload = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0x20...0x90, using: &random) }
        var frame = RawSocket.frame(
            opcodes[Int.random(in: 0..<opcodes.count, using: &random)], payload, final: Bool.random(using: &random),
            masked: Int.random(in: 0..<10, using: &random) > 0)
        if Bool.random(using: &random) {
            let place = frame.readerIndex + Int.random(in: 0..<frame.readableBytes, using: &random)
            frame.setInteger(UInt8.random(in: 0...255, using: &random), at: place)
        }
        return frame
    }

    /// 50 at a time.
    private static func inParallel(_ count: Int, _ act: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for lane in 0..<50 {
                tasks.addTask { for number in stride(from: lane, to: count, by: 50) { try await act(number) } }
            }
            try await tasks.waitForAll()
        }
    }
}
