import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import WebServer

@Suite("Sockets")
struct SocketLiveTests {
    @Test("tell their handler everything once and in order")
    func story() async throws {
        let handler = NotingHandler { text, socket in socket.send(SocketFrame(text: "<\(text)>")) }
        try await LiveServer.run(sockets: [handler.route("/ws")]) { live in
            let socket = try await RawSocket.open("/ws", port: live.port)
            try await socket.send("one")
            try await socket.send("two")
            #expect(try await socket.nextText() == "<one>")
            #expect(try await socket.nextText() == "<two>")
            try await socket.send(RawSocket.frame(8, [0x03, 0xE8]))
            #expect(try await socket.closeCode() == 1_000)
            await handler.isClosed.wait()
            await socket.client.close()
        }
        #expect(handler.told.entries == ["opened", "text one", "text two", "closed"])
        #expect(handler.sockets.entries.first?.isOpen == false)
    }

    @Test("close with the code that the handler names, and forget what comes afterwards")
    func closing() async throws {
        let handler = NotingHandler { _, socket in
            socket.send(SocketFrame(text: "last"))
            socket.close(code: 4_401, reason: "ticket")
            socket.send(SocketFrame(text: "never"))
        }
        try await LiveServer.run(sockets: [handler.route("/ws")]) { live in
            let socket = try await RawSocket.open("/ws", port: live.port)
            try await socket.send("x")
            try await socket.send("y")
            #expect(try await socket.nextText() == "last")
            let close = try await socket.next()
            #expect(close.opcode == 8 && close.payload == [0x11, 0x31] + Array("ticket".utf8))
            try await socket.send(RawSocket.frame(8, [0x11, 0x31]))
            try await socket.client.wait { $0.isEnded }
            await socket.client.close()
            await handler.isClosed.wait()
        }
        #expect(handler.told.entries == ["opened", "text x", "closed"])
    }

    @Test(
        "end with the right code",
        arguments: [
            (RawSocket.frame(2, [1]), 1_003), (RawSocket.frame(1, [0xFF]), 1_007),
            (RawSocket.frame(1, [UInt8](repeating: 0x61, count: 65_537)), 1_009),
            (RawSocket.frame(1, [0x61], masked: false), 1_002), (RawSocket.frame(5, []), 1_002),
        ] as [(ByteBuffer, UInt16)])
    func codes(frame: ByteBuffer, code: UInt16) async throws {
        let handler = NotingHandler()
        try await LiveServer.run(sockets: [handler.route("/ws")]) { live in
            let socket = try await RawSocket.open("/ws", port: live.port)
            socket.client.sendBlindly(frame)
            socket.client.sendBlindly(RawSocket.frame(8, []))
            #expect(try await socket.closeCode() == code)
            await socket.client.close()
            await handler.isClosed.wait()
        }
    }

    @Test("take a message of exactly 64 KiB, in two fragments")
    func largest() async throws {
        let handler = NotingHandler { text, socket in socket.send(SocketFrame(text: "\(text.utf8.count)")) }
        try await LiveServer.run(sockets: [handler.route("/ws")]) { live in
            let socket = try await RawSocket.open("/ws", port: live.port)
            let half = [UInt8](repeating: 0x61, count: 32_768)
            try await socket.send(RawSocket.frame(1, half, final: false))
            try await socket.send(RawSocket.frame(0, half))
            #expect(try await socket.nextText() == "65536")
            await socket.client.close()
        }
    }

    @Test("end when the client vanishes or closes its half", arguments: [true, false])
    func vanishing(isHalf: Bool) async throws {
        let handler = NotingHandler()
        try await LiveServer.run(sockets: [handler.route("/ws")]) { live in
            let socket = try await RawSocket.open("/ws", port: live.port)
            await handler.isOpen.wait()
            if isHalf { try await socket.client.halfClose() } else { await socket.client.close() }
            await handler.isClosed.wait()
            await live.server.connectionsEnd()
            await socket.client.close()
        }
        #expect(handler.told.entries == ["opened", "closed"])
    }

    @Test("drop the backlog of one who doesn't read, say so, and go on in order once it reads")
    func slowReader() async throws {
        let handler = NotingHandler()
        let size = 8_192
        try await LiveServer.run(sockets: [handler.route("/ws")]) { live in
            let slow = try await RawSocket.open("/ws", port: live.port, reads: false)
            await handler.isOpen.wait()
            let socket = try #require(handler.sockets.entries.first)
            var sent = 0
            while !handler.told.entries.contains("overflowed") {
                let number = String(sent)
                socket.send(SocketFrame(text: number + String(repeating: ".", count: size - number.utf8.count)))
                socket.send(SocketFrame(text: "gone"), lane: .ephemeral)
                sent += 1
                // Let the loop look at it, and do not fill its queue.
                try await socket.eventLoop.submit {}.get()
            }
            #expect(socket.isOpen)
            try await slow.client.channel.setOption(.autoRead, value: true).get()
            slow.client.channel.read()
            var numbers: [Int] = []
            while true {
                let text = try await slow.nextText()
                if text == "resync" { break }
                if text != "gone", let number = Int(text.prefix { $0 != "." }) { numbers.append(number) }
            }
            // A prefix of what was sent: then the gap that it was told of.
            #expect(numbers == Array(0..<numbers.count))
            #expect(numbers.count < sent && (sent - numbers.count) * size <= 256 * 1_024 + 2 * size)
            await slow.client.close()
        }
    }

    @Test("of a group all get every frame in order, with other sends between")
    func fanout() async throws {
        let handler = NotingHandler()
        try await LiveServer.run(sockets: [handler.route("/ws")]) { live in
            var clients: [RawSocket] = []
            for _ in 0..<20 { clients.append(try await RawSocket.open("/ws", port: live.port)) }
            while handler.sockets.entries.count < 20 { await Task.yield() }
            let group = SocketFanout(handler.sockets.entries)
            for number in 0..<50 { group.send([SocketFrame(text: "a\(number)"), SocketFrame(text: "b\(number)")]) }
            let expected = (0..<50).flatMap { ["a\($0)", "b\($0)"] }
            for client in clients {
                var texts: [String] = []
                while texts.count < 100 { texts.append(try await client.nextText()) }
                #expect(texts == expected)
                await client.client.close()
            }
        }
    }

    @Test("are told of a shutdown, closed with 1001, and hold it up no longer than the drain")
    func draining() async throws {
        let handler = NotingHandler()
        let began = Recorder<ContinuousClock.Instant>()
        try await LiveServer.run(sockets: [handler.route("/ws")], configure: { $0.timeouts.drain = .milliseconds(600) }) { live in
            let socket = try await RawSocket.open("/ws", port: live.port)
            await handler.isOpen.wait()
            began.note(.now)
            try await live.shutDown()
            #expect(try await socket.nextText().hasPrefix("move "))
            #expect(try await socket.closeCode() == 1_001)
            await socket.client.close()
        }
        #expect(handler.told.entries == ["opened", "draining", "closed"])
        // Were the setting ignored, it would be the ten seconds of the default, on a machine that runs all tests at once.
        #expect(try #require(began.entries.first).duration(to: .now) < .seconds(9))
    }

    @Test("give the route the request, and keep of its headers only what is small")
    func requests() async throws {
        let seen = Recorder<SocketRequest>()
        let handler = NotingHandler()
        let route = SocketRoute(
            matches: { $0.hasPrefix("/ws/") },
            decide: { request in
                seen.note(request)
                return .accept { _ in handler }
            })
        try await LiveServer.run(sockets: [route]) { live in
            let client = try await RawClient.connect(to: live.port)
            try await client.send(
                RawSocket.request("/ws/a?b=c", extra: "Origin: http://127.0.0.1\r\nCookie: switchboard=s\r\nUser-Agent: kim\r\n"))
            try await client.wait(for: "101")
            await handler.isOpen.wait()
            let request = try #require(seen.entries.first)
            #expect((request.path, request.query, request.origin, request.host) == ("/ws/a", "b=c", "http://127.0.0.1", "127.0.0.1"))
            #expect(request.ownOrigin == request.origin && request.clientAddress == "127.0.0.1" && !request.isSecure)
            #expect(request.headers[.cookie] == "switchboard=s")
            let kept = try #require(handler.sockets.entries.first).request.headers
            #expect(kept[.cookie] == nil && kept[.userAgent] == "kim")
            await client.close()
        }
    }
}
