import NIOCore
import NIOHTTP1

/// The request on its way to the node.
extension NodeConnection {
    /// Sends `request`, all of it or, for a stream, its head. `user` hears of the rest, also before this returns.
    func begin(_ request: NodeRequest, framing: RequestFraming, for user: any NodeUser) {
        guard case .idle = stage, let context else { return }
        stage = .busy
        self.user = user
        requests += 1
        hasHeard = false
        sending = Sending()
        parser.expectResponse(to: request.head.method)
        user.nodeSaid(.connected(isReused: wasKept))
        guard case .busy = stage else { return }
        let pieces = request.body.pieces
        let small = pieces.count == 1 ? pieces.first.map { $0.readableBytes <= Self.copiedBytes ? $0.readableBytes : 0 } ?? 0 : 0
        guard var bytes = RequestWriter.head(request.head, target: target, framing: framing, extra: small) else {
            return fail(.malformed, "the request's head is not valid")
        }
        if small > 0, let piece = pieces.first { bytes.writeImmutableBuffer(piece) }
        write(bytes)
        if small == 0 { for piece in pieces where piece.readableBytes > 0 { write(piece) } }
        sending.isStream = request.body.isStream && framing != .none
        sending.isChunked = framing == .chunked
        if !sending.isStream { sending.isWritten = true }
        sending.hasBegun = context.channel.isActive
        context.flush()
        if sending.isWritten { checkSent() }
    }

    /// A body of that many bytes is copied behind the head: one write instead of two.
    private static var copiedBytes: Int { 16 * 1_024 }

    /// A part of a body that is sent as it comes.
    func stream(_ bytes: ByteBuffer) {
        guard case .busy = stage, sending.isStream, !sending.isWritten, bytes.readableBytes > 0 else { return }
        if sending.isChunked { write(RequestWriter.chunkStart(bytes.readableBytes)) }
        write(bytes)
        if sending.isChunked { write(RequestWriter.chunkEnd) }
        sending.needsFlush = true
    }

    func streamEnded() {
        guard case .busy = stage, sending.isStream, !sending.isWritten else { return }
        if sending.isChunked { write(RequestWriter.lastChunk) }
        sending.isWritten = true
        sending.needsFlush = true
    }

    func flush() {
        guard case .busy = stage, sending.needsFlush else { return }
        sending.needsFlush = false
        context?.flush()
        if sending.isWritten { checkSent() }
    }

    private func write(_ bytes: ByteBuffer) {
        context?.write(Self.wrapOutboundOut(bytes), promise: nil)
    }

    /// Mostly the system took all of it at once, and no promise is needed.
    private func checkSent() {
        guard case .busy = stage, !sending.isSent, let context else { return }
        if context.channel.unsentBytes == 0 { return sent() }
        let promise = context.eventLoop.makePromise(of: Void.self)
        let (me, number) = (NIOLoopBound(self, eventLoop: context.eventLoop), requests)
        promise.futureResult.whenSuccess { if me.value.requests == number { me.value.sent() } }
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer()), promise: promise)
    }

    private func sent() {
        guard case .busy = stage, !sending.isSent else { return }
        sending.isSent = true
        user?.nodeSaid(.requestSent)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        user?.nodeWritable(context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }
}

extension NodeRequestBody {
    var pieces: [ByteBuffer] {
        if case .bytes(let pieces) = self { pieces } else { [] }
    }

    var isStream: Bool {
        switch self {
        case .stream, .inspectedStream: true
        case .none, .bytes: false
        }
    }
}

extension Channel {
    /// What was written and the system has not taken yet. On the channel's event loop.
    var unsentBytes: Int {
        (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
