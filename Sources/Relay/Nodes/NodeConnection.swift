import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS

/// One connection to a node: the only handler of its channel, besides TLS. One request at a time; kept for the next one when both sides are
/// through with the last.
final class NodeConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Stage {
        /// Connecting, or in TLS's handshake.
        case opening
        /// Ready for a request.
        case idle
        /// A request or its response is on its way.
        case busy
        case closed
    }

    let target: NodeTarget
    let home: RelayLoop
    var stage = Stage.opening
    /// Who waits until it is ready.
    var dial: Dial?
    private(set) var context: ChannelHandlerContext?
    var idleSince = NIODeadline.distantPast
    private var isReady = false

    var user: (any NodeUser)?
    var parser: ResponseParser
    var isParsing = false
    var sending = Sending()
    /// Counts its requests, so that late news is known for what it is.
    var requests = 0
    var wasKept = false
    var hasHeard = false
    var isHeld = false
    var isReadWithheld = false

    /// How far a request is.
    struct Sending {
        var isStream = false
        var isChunked = false
        var isWritten = false
        var isSent = false
        var hasBegun = false
        var needsFlush = false
    }

    init(target: NodeTarget, home: RelayLoop) {
        self.target = target
        self.home = home
        parser = ResponseParser(limits: home.responseLimits)
    }

    /// It can be used now.
    var isUsable: Bool {
        if case .idle = stage { context?.channel.isActive == true } else { false }
    }

    var isWritable: Bool { context?.channel.isWritable == true }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        home.opened()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        home.closed()
    }

    /// The one place where an address becomes a connection: whatever a name resolved to is checked here, so that no later answer of a name
    /// server can slip by.
    func connect(context: ChannelHandlerContext, to address: SocketAddress, promise: EventLoopPromise<Void>?) {
        guard target.reach.permits(address) else {
            promise?.fail(ForbiddenAddress())
            return context.close(promise: nil)
        }
        context.connect(to: address, promise: promise)
    }

    /// The channel is connected; under TLS the handshake may still be under way.
    func connected(for dial: Dial) {
        self.dial = dial
        dial.connection = self
        guard stage == .opening else { return fail(.closed, "the node closed before the connection was ready") }
        if isReady || !target.isSecure { ready() }
    }

    private func ready() {
        isReady = true
        guard let dial, stage == .opening else { return }
        self.dial = nil
        stage = .idle
        let isLate = dial.isOver
        if let user = home.finished(dial) { return user.dialled(self) }
        isLate ? close() : home.keep(self)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            isNamed(context) ? ready() : fail(.tls, "the certificate is another host's")
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func isNamed(_ context: ChannelHandlerContext) -> Bool {
        guard let name = target.serverName else { return true }
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
        return handler?.peerCertificate.map { CertificateName.isNamed($0, name) } ?? false
    }
}

/// A node's name led to an address that it may not have.
struct ForbiddenAddress: Error {}
