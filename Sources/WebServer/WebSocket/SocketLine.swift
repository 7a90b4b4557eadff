import NIOCore

/// The only handler of an upgraded connection (under TLS, the only one besides it): frames in, frames out, closing handshake, pings, slow readers.
final class SocketLine: ChannelInboundHandler, RemovableChannelHandler, Watched {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Stage {
        case open
        /// Our close frame is sent, the peer's is awaited.
        case closing(since: NIODeadline)
        /// Nothing more will be sent; the peer's end is awaited.
        case lingering(since: NIODeadline)
        case ended
    }

    var watchSlot = -1
    let watch: LoopWatch
    let rules: SocketRules
    let inputs: InputWatch
    /// The first half of its frames' fingerprints.
    let fingerprint: UInt64
    var stage = Stage.open
    var context: ChannelHandlerContext?
    var socket: Socket?
    var handler: (any SocketHandler)?
    var reader: FrameReader
    var backlog = SocketBacklog()
    var stall = StallClock()
    var lastHeard: NIODeadline
    var nextPing: NIODeadline
    var needsFlush = false
    var isOverflowing = false
    /// Told once nothing waits for the client any more.
    var drainWaiters: [@Sendable () -> Void] = []

    init(watch: LoopWatch, rules: SocketRules, inputs: InputWatch, fingerprint: UInt64) {
        self.watch = watch
        self.rules = rules
        self.inputs = inputs
        self.fingerprint = fingerprint
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
