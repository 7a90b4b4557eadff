import NIOCore

/// The only handler of an upgraded connection (under TLS, the only one besides it): frames in, frames out, closing handshake, pings, slow readers.
final class SocketLine: ChannelInboundHandler, RemovableChannelHandler, Watched {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Stage {
        case open
        /// Our close frame is sent, the peer's is awaited.
        case closing(since: NIODeadline)
        /// Nothing more will be sent; the peer's end is awaited.
        case lingering(since: NIODeadline)
        case ended
    }

    var watchSlot = -1
    private let watch: LoopWatch
    private let rules: SocketRules
    private var stage = Stage.open
    private var context: ChannelHandlerContext?
    private var socket: Socket?
    private var handler: (any SocketHandler)?
    private var reader: FrameReader
    private var backlog = SocketBacklog()
    private var stall = StallClock()
    private var lastHeard: NIODeadline
    private var nextPing: NIODeadline
    private var needsFlush = false

    init(watch: LoopWatch, rules: SocketRules) {
        self.watch = watch
        self.rules = rules
        reader = FrameReader(limit: rules.limits.message)
        lastHeard = .now()
        nextPing = .now() + rules.ping
    }

    /// The first thing after the pipeline is ours.
    func open(_ socket: Socket, handler: any SocketHandler) {
        guard context != nil else { return }
        self.socket = socket
        self.handler = handler
        handler.opened(socket)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        watch.remove(self)
        tellClosed()
        self.context = nil
        stage = .ended
    }

    func channelInactive(context: ChannelHandlerContext) {
        tellClosed()
        stage = .ended
        context.fireChannelInactive()
    }
}

/// What a route and the server's settings allow a socket.
struct SocketRules: Sendable {
    let limits: SocketLimits
    let silence: TimeAmount
    let ping: TimeAmount
    let write: TimeAmount
    let linger: TimeAmount

    init(limits: SocketLimits, timeouts: WebServerTimeouts) {
        self.limits = limits
        silence = timeouts.socketSilence.timeAmount
        ping = timeouts.socketPing.timeAmount
        write = timeouts.write.timeAmount
        linger = timeouts.linger.timeAmount
    }
}

// What comes in.
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

    private func take(_ input: SocketInput) {
        if case .close(let code) = input { return takeClose(code) }
        guard case .open = stage, let socket else { return }
        switch input {
        case .text(let text): handler?.received(text: text, on: socket)
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

    private func takeClose(_ code: UInt16?) {
        if case .open = stage { write(code.map { .close(code: $0, reason: "") } ?? .bareClose) }
        finishOutput()
        tellClosed()
    }
}

// What goes out.
extension SocketLine {
    func send(_ frame: SocketFrame, lane: Socket.Lane) {
        guard case .open = stage, let context else { return }
        if backlog.isEmpty, context.channel.isWritable { return write(frame) }
        guard lane == .durable else { return }
        if backlog.add(frame, limit: rules.limits.backlog) == .overflowed { tellOverflowed() }
    }

    func close(code: UInt16, reason: String) {
        guard case .open = stage else { return }
        while let frame = backlog.takeFirst() { write(frame) }
        write(.close(code: code, reason: reason))
        stage = .closing(since: .now())
        let me = NIOLoopBound(self, eventLoop: watch.eventLoop)
        watch.eventLoop.execute { me.value.tellClosed() }
    }

    func flushNow() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        while context.channel.isWritable, let frame = backlog.takeFirst() { write(frame) }
        context.fireChannelWritabilityChanged()
    }

    private func write(_ frame: SocketFrame) {
        context?.write(Self.wrapOutboundOut(frame.bytes), promise: nil)
        guard !needsFlush else { return }
        needsFlush = true
        watch.flushLater(self)
    }

    /// Closes only our direction: data of the peer that we never read would otherwise make the system reset the connection under our last frame.
    private func finishOutput() {
        stage = .lingering(since: .now())
        flushNow()
        context?.close(mode: .output, promise: nil)
    }

    private func tellOverflowed() {
        let me = NIOLoopBound(self, eventLoop: watch.eventLoop)
        watch.eventLoop.execute {
            guard let socket = me.value.socket else { return }
            me.value.handler?.overflowed(socket)
        }
    }

    private func tellClosed() {
        guard let socket else { return }
        let handler = handler
        self.socket = nil
        self.handler = nil
        backlog = SocketBacklog()
        socket.ended()
        handler?.closed(socket)
    }
}

// What time brings.
extension SocketLine {
    func look(at now: NIODeadline) {
        switch stage {
        case .open: lookAtOpen(now)
        case .closing(let since), .lingering(let since): if now - since > rules.linger { context?.close(promise: nil) }
        case .ended: break
        }
    }

    func drain(afterMilliseconds: Int) {
        guard case .open = stage, let socket else { return }
        handler?.draining(socket, afterMilliseconds: afterMilliseconds)
    }

    func cut() {
        context?.close(promise: nil)
    }

    func end() {
        close(code: 1_001, reason: "the server is going away")
    }

    private func lookAtOpen(_ now: NIODeadline) {
        guard let context else { return }
        if now - lastHeard > rules.silence || stall.isStalled(channel: context.channel, at: now, limit: rules.write) {
            return context.close(promise: nil)
        }
        guard now >= nextPing else { return }
        nextPing = now + rules.ping
        if context.channel.isWritable { write(.ping) }
    }
}
