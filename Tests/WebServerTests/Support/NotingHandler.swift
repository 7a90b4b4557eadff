import NIOCore
import TestSupport

@testable import WebServer

/// Writes down what a socket tells it.
final class NotingHandler: SocketHandler, Sendable {
    let told = Recorder<String>()
    let sockets = Recorder<Socket>()
    let isOpen = Signal()
    let isClosed = Signal()
    private let onText: @Sendable (String, Socket) -> Void

    init(onText: @escaping @Sendable (String, Socket) -> Void = { _, _ in }) {
        self.onText = onText
    }

    /// A route that gives every socket this handler.
    func route(_ path: String, limits: SocketLimits = SocketLimits()) -> SocketRoute {
        SocketRoute(limits: limits, matches: { $0 == path }, decide: { _ in .accept { _ in self } })
    }

    func opened(_ socket: Socket) {
        told.note("opened")
        sockets.note(socket)
        isOpen.give()
    }

    func received(text: ByteBuffer, on socket: Socket) {
        told.note("text \(String(buffer: text))")
        onText(String(buffer: text), socket)
    }

    func receivedBinary(on socket: Socket) {
        told.note("binary")
        socket.close(code: 1_003, reason: "binary is not spoken")
    }

    func overflowed(_ socket: Socket) {
        told.note("overflowed")
        socket.send(SocketFrame(text: "resync"))
    }

    func draining(_ socket: Socket, afterMilliseconds: Int) {
        told.note("draining")
        socket.send(SocketFrame(text: "move \(afterMilliseconds)"))
    }

    func closed(_ socket: Socket) {
        told.note("closed")
        isClosed.give()
    }
}
