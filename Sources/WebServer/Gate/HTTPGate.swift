import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The front gate of an HTTP/1.1 connection: after encoder and decoder the only handler that a fresh connection has.
///
/// At each request's head it decides who gets it: the router (whose machinery is installed only then), a relay, a WebSocket route (then
/// everything of HTTP leaves the pipeline), or nobody, with an answer of its own. It hands out one request at a time, holds back those that came early, and
/// keeps the connection's time-outs.
final class HTTPGate: ChannelDuplexHandler, RemovableChannelHandler, Watched {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    enum Phase {
        /// Between requests.
        case ready
        /// The router has a request.
        case routing
        /// A relay has a request.
        case relaying
        /// A WebSocket route thinks.
        case deciding(UpgradeRequest)
        /// Our last word is said; what still comes is thrown away.
        case lingering
        /// A socket handler sits before us; behind us the HTTP part waits for the end and must hear nothing.
        case walled
    }

    var watchSlot = -1
    let surroundings: GateSurroundings
    let watch: LoopWatch
    let encoder: HTTPResponseEncoder
    let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    var phase = Phase.ready
    var context: ChannelHandlerContext?
    /// Past the encoder: where relayed responses go, as the bytes that they are.
    var outlet: ChannelHandlerContext?
    var clock: ConnectionClock
    var stall = StallClock()
    var exchange: Exchange?
    /// The relay's request until its response is finished.
    var relayed: GateRelay?
    var knownPeer: String?
    var early: [HTTPServerRequestPart] = []
    var firstEarly = 0
    var isResuming = false
    /// What to answer once the requests before it are done.
    var pendingProblem: Problem?
    var isReadWithheld = false
    var isReading = true
    var hasRouter = false
    var isDraining = false
    /// The client has shut its side; what it asked before is still answered.
    var isInputClosed = false
    var isDecoderRemoved = false

    init(
        surroundings: GateSurroundings, watch: LoopWatch, encoder: HTTPResponseEncoder, decoder: ByteToMessageHandler<HTTPRequestDecoder>
    ) {
        self.surroundings = surroundings
        self.watch = watch
        self.encoder = encoder
        self.decoder = decoder
        clock = ConnectionClock(now: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        watch.remove(self)
        forgetDecision()
        forgetRelay()
        self.context = nil
        outlet = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        forgetDecision()
        forgetRelay()
        context.fireChannelInactive()
    }

    func forgetDecision() {
        if case .deciding(let request) = phase { request.cancel() }
    }
}

/// A request for a WebSocket that a route thinks about.
struct UpgradeRequest {
    let route: SocketRoute
    let key: String
    let request: SocketRequest
    let input: ArrivedInput
    let task: Task<Void, Never>

    func cancel() {
        task.cancel()
        input.handled()
    }
}
