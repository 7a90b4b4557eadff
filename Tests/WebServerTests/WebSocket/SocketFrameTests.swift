import NIOCore
import Testing

@testable import WebServer

@Suite("Outgoing frames")
struct SocketFrameTests {
    @Test("have the shortest header that fits", arguments: [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)])
    func headers(length: Int, header: Int) {
        let frame = SocketFrame(binary: ByteBuffer(repeating: 7, count: length))
        #expect(frame.count == length + header)
        #expect(RawSocket.parse(frame.bytes)?.payload.count == length)
    }

    @Test("are the same from text in any form")
    func texts() {
        let text = "消息 🌊"
        #expect(SocketFrame(text: text).bytes == SocketFrame(text: ByteBuffer(string: text)).bytes)
        #expect(SocketFrame(text: text).bytes == SocketFrame(text: Array(text.utf8)).bytes)
    }

    @Test("that close keep a control frame's length, whatever the reason")
    func closeReasons() {
        for reason in ["", "short", String(repeating: "长", count: 200), String(repeating: "x", count: 123)] {
            let frame = SocketFrame.close(code: 1_008, reason: reason)
            let payload = RawSocket.parse(frame.bytes)?.payload ?? []
            #expect(payload.count <= 125)
            #expect(String(validating: payload.dropFirst(2), as: UTF8.self).map { reason.hasPrefix($0) } == true)
        }
    }
}

@Suite("A slow reader's backlog")
struct SocketBacklogTests {
    @Test("gives back in order")
    func order() {
        var backlog = SocketBacklog()
        for text in ["a", "b", "c"] { _ = backlog.add(SocketFrame(text: text), limit: 100) }
        var texts: [String] = []
        while let frame = backlog.takeFirst() { texts.append(String(decoding: RawSocket.parse(frame.bytes)?.payload ?? [], as: UTF8.self)) }
        #expect(texts == ["a", "b", "c"])
        #expect(backlog.isEmpty)
    }

    @Test("is dropped whole when it would pass its limit, and begins anew")
    func overflow() {
        var backlog = SocketBacklog()
        let frame = SocketFrame(text: "12345678")
        let outcomes = (0..<11).map { _ in backlog.add(frame, limit: 100) }
        #expect(outcomes == [SocketBacklog.Outcome](repeating: .kept, count: 10) + [.overflowed])
        #expect(backlog.isEmpty)
        let anew = backlog.add(frame, limit: 100)
        #expect(anew == .kept)
    }
}
