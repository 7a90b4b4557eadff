import Desk
import Logging
import NIOCore
import Vocabulary
import WebServer

/// Between a WebSocket and a `LiveConnection`: bytes in, frames out; decides nothing.
final class DeskSocketHandler: SocketHandler {
    /// Until when `init` must have come (sync-protocol §3).
    private static let openingTime = TimeAmount.seconds(10)

    private let side: LiveConnection.Side
    private let desk: DeskRoom
    private let mailbox: LoopMailbox
    private var connection: LiveConnection?
    private var opening: Scheduled<Void>?
    private var logger: Logger

    init(side: LiveConnection.Side, desk: DeskRoom, mailbox: LoopMailbox, logger: Logger) {
        self.side = side
        self.desk = desk
        self.mailbox = mailbox
        self.logger = logger
    }

    func opened(_ socket: Socket) {
        // Named by ULID, so that the oldest connection of a person can be told.
        let id = ULID.make(at: SystemClock().now()).description
        let connection = LiveConnection(id, side: side, desk: desk, outlet: SocketOutlet(socket: socket, mailbox: mailbox))
        self.connection = connection
        logger[metadataKey: "connection"] = "\(id)"
        logger[metadataKey: "request"] = "\(socket.request.requestID)"
        logger.info("socket opened", metadata: ["side": "\(side)", "client": "\(socket.request.clientAddress)"])
        opening = socket.eventLoop.scheduleTask(in: Self.openingTime) { connection.openingLate() }
    }

    func received(text: ByteBuffer, on socket: Socket) {
        received(text: text, on: socket, handled: {})
    }

    func received(text: ByteBuffer, on socket: Socket, handled: @escaping @Sendable () -> Void) {
        guard let connection else { return handled() }
        text.withUnsafeReadableBytes { connection.received($0, handled: handled) }
    }

    func quarantined(incident: String, on socket: Socket) {
        logger.warning("a frame in quarantine was refused", metadata: ["incident": "\(incident)"])
        connection?.quarantined(incident: incident)
    }

    func receivedBinary(on socket: Socket) {
        connection?.receivedBinary()
    }

    func overflowed(_ socket: Socket) {
        logger.info("socket reads too slowly: its backlog was dropped and it was told to ask again")
        connection?.overflowed()
    }

    func draining(_ socket: Socket, afterMilliseconds: Int) {
        connection?.move(afterMilliseconds: Int64(afterMilliseconds))
    }

    func closed(_ socket: Socket) {
        opening?.cancel()
        connection?.closed()
        logger.info("socket closed")
        connection = nil
    }
}

/// A socket as the desk's sessions use it.
private struct SocketOutlet: SessionOutlet {
    let socket: Socket
    let mailbox: LoopMailbox

    func emit(_ frame: OutgoingFrame) {
        mailbox.send(frame.form { SocketFrame(text: $0) }, to: socket, lane: frame.isEphemeral ? .ephemeral : .durable)
    }

    func drained() async {
        await withCheckedContinuation { continuation in
            mailbox.flush(then: { socket.whenDrained { continuation.resume() } })
        }
    }

    func close(code: UInt16, reason: String) {
        // Through the loop as well, so that it follows the frames that explain it.
        let socket = socket
        mailbox.flush(then: { socket.close(code: code, reason: reason) })
    }
}
