import Relay
import NIOCore
import NIOHTTP1

/// Errors, ends and what time brings.
extension HTTPGate {
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch phase {
        case .lingering, .walled: return
        case .ready, .routing, .relaying, .deciding: break
        }
        // More bytes after the first error: it is being dealt with.
        if error is ByteToMessageDecoderError { return }
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        let problem = Problem.of(error, limits: surroundings.policy.limits)
        if let exchange, exchange.isRequestComplete {
            // What is wrong is a later request: first come the answers that are due.
            if pendingProblem == nil { pendingProblem = problem }
        } else {
            answer(problem)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { return inputClosed(context: context) }
        if case .walled = phase { return }
        context.fireUserInboundEventTriggered(event)
    }

    func look(at now: NIODeadline) {
        guard let context else { return }
        if case .walled = phase { return }
        if stall.isStalled(channel: context.channel, at: now, limit: surroundings.timeouts.write.timeAmount) {
            return context.closeAtOnce()
        }
        if case .lingering = phase, lingersOn(at: now, context: context) { return }
        switch clock.verdict(at: now, timeouts: surroundings.timeouts, isReading: isReading) {
        case .fine: break
        case .close: context.closeAtOnce()
        case .answer(let problem): answer(problem)
        }
    }

    /// Whether the client is still taking our last word: its time to go begins after that.
    private func lingersOn(at now: NIODeadline, context: ChannelHandlerContext) -> Bool {
        guard context.channel.pendingBytes > 0 else {
            if isInputClosed { context.closeAtOnce() }
            return false
        }
        clock.waiting = .lingering(since: now)
        return true
    }

    /// A half-close (RFC 9112 section 9.6 allows it): what was asked in full is answered, what was asked in part never will be whole.
    private func inputClosed(context: ChannelHandlerContext) {
        isInputClosed = true
        switch phase {
        case .ready where early.isEmpty, .lingering: linger()
        case .ready, .routing:
            guard exchange?.isRequestComplete == true else { return context.closeAtOnce() }
            if exchange?.isResponseStarted == false { clock.silentSince = watch.now }
        // Nobody can tell who still listens from who has gone, and an answer that nobody hears costs money: a relay's client stays on the line.
        case .relaying: context.closeAtOnce()
        // No socket opens for who says no more.
        case .deciding, .walled: context.close(promise: nil)
        }
    }

    /// Who has asked nothing goes at once; only what has begun is worth waiting for.
    func drain(afterMilliseconds: Int) {
        isDraining = true
        relayed?.exchange?.draining()
        if case .ready = phase, exchange == nil, clock.isIdle { endIdle() }
    }

    /// A request that is on its way is still answered, as the last one of its connection.
    func soften() {
        isDraining = true
    }

    var isBusy: Bool {
        if case .walled = phase { return false }
        return relayed == nil
    }

    /// Between requests there is nothing to wait for, unless the client still takes the last answer.
    func endIdle() {
        guard let context else { return }
        context.flush()
        context.channel.pendingBytes > 0 ? linger() : context.closeAtOnce()
    }

    func cut() {
        context?.closeAtOnce()
    }

    func end() {
        if case .walled = phase { return }
        // A relay's stream may use all of the time.
        if relayed != nil { return }
        context?.closeAtOnce()
    }
}
