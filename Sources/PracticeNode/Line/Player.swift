import Crypto
import NIOCore
import NIOHTTP1

/// Plays one delivery over a connection, with its pauses and at the speed at which the client takes it. On the connection's event loop.
final class Player {
    enum Progress {
        case started(status: Int)
        case ended(length: Int, sha256: String)
    }

    enum Ending {
        /// The connection can serve another request.
        case kept
        case close, reset
        /// The client was faster.
        case left
    }

    /// Pieces that are sent before others may go.
    private static let turns = 128
    /// What was written must have arrived before a connection is broken: a reset overtakes and discards it.
    private static let settling = TimeAmount.milliseconds(20)

    private let delivery: Delivery
    private let head: HTTPRequestHead
    private let context: ChannelHandlerContext
    private let note: (Progress) -> Void
    private let done: (Ending) -> Void
    private var position = 0
    private var repeated = 0
    private var hasPaused = false
    private var isWaitingForRoom = false
    private var isOver = false
    private var hash = SHA256()
    private var length = 0
    private var timer: Scheduled<Void>?

    init(
        _ delivery: Delivery, for head: HTTPRequestHead, over context: ChannelHandlerContext, note: @escaping (Progress) -> Void,
        done: @escaping (Ending) -> Void
    ) {
        self.delivery = delivery
        self.head = head
        self.context = context
        self.note = note
        self.done = done
    }

    func play() {
        pause(delivery.pause) { $0.begin() }
    }

    func writabilityChanged() {
        guard isWaitingForRoom, context.channel.isWritable else { return }
        isWaitingForRoom = false
        goOn()
    }

    /// The connection is gone.
    func leave() {
        timer?.cancel()
        // After an ending of our own the client has nothing to leave.
        finish(.left)
    }

    private func begin() {
        if let preface = delivery.preface { write(preface) }
        guard delivery.hasHead else { return end() }
        note(.started(status: delivery.status))
        write(ResponseHead(delivery, isChunked: isChunked, isKept: isKept).bytes)
        guard head.method != .HEAD else { return end() }
        // What comes later must not hold the head back.
        if delivery.pieces.isEmpty || delivery.framing == .chunked { context.flush() }
        goOn()
    }

    /// Until something must be waited for.
    private func goOn() {
        var turn = 0
        while position < delivery.pieces.count, !isOver {
            turn += 1
            // Other connections of this loop want their turn too.
            guard turn <= Self.turns else { return context.eventLoop.assumeIsolated().execute { self.goOn() } }
            let piece = delivery.pieces[position]
            if piece.pause > .zero, !hasPaused {
                context.flush()
                hasPaused = true
                return pause(piece.pause) { $0.goOn() }
            }
            guard context.channel.isWritable else {
                isWaitingForRoom = true
                context.flush()
                // The flush may have made room at once, which was then not told.
                return context.channel.isWritable ? writabilityChanged() : ()
            }
            send(piece)
        }
        guard !isOver else { return }
        if delivery.ending == .finish, isChunked { write(ByteBuffer(string: "0\r\n\r\n")) }
        end()
    }

    private func send(_ piece: Delivery.Piece) {
        hash.update(piece.bytes)
        length += piece.bytes.readableBytes
        if isChunked { write(ByteBuffer(string: String(piece.bytes.readableBytes, radix: 16) + "\r\n")) }
        write(piece.bytes)
        if isChunked { write(ByteBuffer(string: "\r\n")) }
        // Each event leaves at once, as a model's do.
        if delivery.framing == .chunked || delivery.pieces.count > 1 { context.flush() }
        hasPaused = false
        repeated += 1
        if repeated >= piece.times {
            repeated = 0
            position += 1
        }
    }

    private func end() {
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(ExchangeHandler.wrapOutboundOut(ByteBuffer()), promise: written)
        let ending = delivery.ending
        guard ending != .hang else { return }
        written.futureResult.assumeIsolated().whenSuccess {
            self.note(.ended(length: self.length, sha256: self.hash.finalize().hex))
            guard ending != .finish else { return self.finish(self.isKept ? .kept : .close) }
            let isSilent = !self.delivery.hasHead && self.delivery.preface == nil
            self.pause(isSilent ? .zero : Self.settling) { $0.finish(ending == .reset ? .reset : .close) }
        }
    }

    private func finish(_ ending: Ending) {
        guard !isOver else { return }
        isOver = true
        done(ending)
    }

    private func pause(_ time: TimeAmount, then next: @escaping (Player) -> Void) {
        guard time > .zero else { return next(self) }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
            if !self.isOver { next(self) }
        }
    }

    private func write(_ bytes: ByteBuffer) {
        context.write(ExchangeHandler.wrapOutboundOut(bytes), promise: nil)
    }

    /// HTTP/1.0 knows no chunks: there the end of the connection ends a body.
    private var isChunked: Bool { delivery.framing == .chunked && head.version == .http1_1 }

    private var isKept: Bool { head.isKeepAlive && delivery.ending == .finish && (delivery.framing == .length || isChunked) }
}
