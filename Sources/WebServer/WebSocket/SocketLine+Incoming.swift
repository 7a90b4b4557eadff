import BlackBox
import NIOCore

/// What comes in.
extension SocketLine {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastHeard = watch.now
        switch stage {
        case .open, .closing: break
        case .lingering, .ended: return
        }
        var bytes = Self.unwrapInboundIn(data)
        while let input = reader.next(from: &bytes) { take(input) }
    }

    // A half-closed connection is of no use to a socket, and without this it would stay for ever.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func take(_ input: SocketInput) {
        if case .close(let code) = input { return takeClose(code) }
        guard case .open = stage, let socket else { return }
        switch input {
        case .text(let text): take(text, on: socket)
        case .binary(let bytes): handler?.received(binary: bytes, on: socket)
        // A flood of pings from one who reads nothing must not fill our memory: RFC 6455 section 5.5.3 lets us answer the latest only.
        case .ping(let payload): if context?.channel.isWritable == true { write(.pong(payload)) }
        case .pong, .close: break
        case .failure(let code, let reason):
            write(.close(code: code, reason: reason))
            finishOutput()
            tellClosed()
        }
    }

    /// Listed until the handler says that it is done with it, which may be long after it returned.
    private func take(_ text: ByteBuffer, on socket: Socket) {
        guard let handler else { return }
        let print = text.withUnsafeReadableBytes { InputFingerprint.frame(socket: fingerprint, $0) }
        if let incident = inputs.incident(of: print) { return handler.quarantined(incident: incident, on: socket) }
        let input = inputs.arrived(.frame, id: socket.id, bytes: text.readableBytes, fingerprint: print)
        handler.received(text: text, on: socket, handled: { input.handled() })
    }

    func takeClose(_ code: UInt16?) {
        if case .open = stage { write(code.map { .close(code: $0, reason: "") } ?? .bareClose) }
        finishOutput()
        tellClosed()
    }
}
