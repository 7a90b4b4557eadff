import NIOCore
import NIOHTTP1
import NIOSSL

/// Ends, good and bad.
extension NodeConnection {
    /// The response is whole. The connection serves again if the request is, too.
    func complete(_ trailers: HTTPHeaders?) {
        let user = user
        self.user = nil
        if sending.isSent, parser.keepsAlive, parser.isQuiet, context?.channel.isActive == true {
            stage = .idle
            hold(false)
            home.keep(self)
        } else {
            close()
        }
        user?.nodeSaid(.end(trailers))
        user?.nodePaused()
    }

    /// The user has lost interest: the node hears of it at once.
    func abandon() {
        user = nil
        close()
    }

    func close() {
        guard stage != .closed else { return }
        stage = .closed
        user = nil
        guard let context else { return }
        // By itself NIOSSL waits up to five seconds for the peer's goodbye.
        let secure = target.isSecure ? try? context.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self) : nil
        context.close(promise: nil)
        secure?.close(promise: nil)
    }

    func fail(_ kind: AttemptFailure.Kind, _ detail: String) {
        let (user, dial) = (user, dial)
        self.user = nil
        self.dial = nil
        let isStale = wasKept && !hasHeard && !sending.isStream
        let failure = AttemptFailure(kind, wasSent: sending.hasBegun, wasReused: isStale, detail: detail)
        close()
        if let dial { home.finished(dial)?.dialFailed(failure) }
        user?.nodeSaid(.failed(failure))
        user?.nodePaused()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch stage {
        case .closed: return
        case .idle: home.drop(self)
        case .opening, .busy: fail(AttemptFailure.Kind(error), "\(error)")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch stage {
        case .closed: break
        case .idle: home.drop(self)
        case .opening: fail(target.isSecure ? .tls : .closed, "the node closed before the connection was ready")
        case .busy:
            if case .end(let trailers)? = parser.endOfInput() {
                complete(trailers)
            } else {
                fail(.closed, hasHeard ? "the node closed within its answer" : "the node closed without an answer")
            }
        }
        context.fireChannelInactive()
    }

    /// The pool has it.
    func kept(at now: NIODeadline) {
        idleSince = now
        wasKept = true
    }
}
