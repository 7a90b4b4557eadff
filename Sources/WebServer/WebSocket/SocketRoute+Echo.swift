import NIOCore

extension SocketRoute {
    /// Sends every message back: for conformance tests only, through the same handlers as every other socket.
    package static func echo(path: String) -> SocketRoute {
        // Autobahn's largest message has 16 MiB.
        let limits = SocketLimits(message: 16 * 1_024 * 1_024, backlog: 64 * 1_024 * 1_024)
        return SocketRoute(limits: limits, matches: { $0 == path }, decide: { _ in .accept { _ in EchoHandler() } })
    }
}

final class EchoHandler: SocketHandler {
    func opened(_ socket: Socket) {}

    func received(text: ByteBuffer, on socket: Socket) {
        socket.send(SocketFrame(text: text))
    }

    func received(binary: ByteBuffer, on socket: Socket) {
        socket.send(SocketFrame(binary: binary))
    }

    func receivedBinary(on socket: Socket) {}

    func overflowed(_ socket: Socket) {
        socket.close(code: 1_013, reason: "the echo was not read")
    }

    func draining(_ socket: Socket, afterMilliseconds: Int) {}

    func closed(_ socket: Socket) {}
}
