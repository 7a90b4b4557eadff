package import NIOCore

/// What a door does with a socket. Called on the socket's event loop only, never at once with itself.
package protocol SocketHandler: AnyObject {
    /// The first call.
    func opened(_ socket: Socket)
    /// One whole text message: valid UTF-8, within the route's limit.
    func received(text: ByteBuffer, on socket: Socket)
    /// The same, for handlers that are not done with it when they return: they call `handled` when they are, on any thread, also when the
    /// socket has closed meanwhile. By default `received(text:on:)` is told, and that's it.
    func received(text: ByteBuffer, on socket: Socket, handled: @escaping @Sendable () -> Void)
    /// One text message came that is held back, because the server failed on its like before; by default the socket ends with 1011.
    func quarantined(incident: String, on socket: Socket)
    /// One whole binary message came; its bytes are thrown away.
    func receivedBinary(on socket: Socket)
    /// One whole binary message; by default only `receivedBinary(on:)` is told of it.
    func received(binary: ByteBuffer, on socket: Socket)
    /// The client reads too slowly: its backlog was dropped. Tell it to ask again.
    func overflowed(_ socket: Socket)
    /// The server is about to go; the client should come back after that wait.
    func draining(_ socket: Socket, afterMilliseconds: Int)
    /// The last call: the socket no longer sends or receives, whoever ended it.
    func closed(_ socket: Socket)
}

extension SocketHandler {
    package func received(text: ByteBuffer, on socket: Socket, handled: @escaping @Sendable () -> Void) {
        received(text: text, on: socket)
        handled()
    }

    package func quarantined(incident: String, on socket: Socket) {
        socket.close(code: 1_011, reason: "input_quarantined \(incident)")
    }

    package func received(binary: ByteBuffer, on socket: Socket) {
        receivedBinary(on: socket)
    }
}
