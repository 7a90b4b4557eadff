import NIOCore
import NIOHTTP1

/// Errors, ends and what time brings.
extension HTTPGate {
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch phase {
        case .lingering, .walled: return
        case .ready, .routing, .deciding: break
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
        if case .inputClosed? = event as? ChannelEvent { return context.close(promise: nil) }
        if case .walled = phase { return }
        context.fireUserInboundEventTriggered(event)
    }

    func look(at now: NIODeadline) {
        guard let context else { return }
        if case .walled = phase { return }
        if stall.isStalled(channel: context.channel, at: now, limit: surroundings.timeouts.write.timeAmount) {
            return context.close(promise: nil)
        }
        switch clock.verdict(at: now, timeouts: surroundings.timeouts, isReading: isReading) {
        case .fine: break
        case .close: context.close(promise: nil)
        case .answer(let problem): answer(problem)
        }
    }

    func drain(afterMilliseconds: Int) {
        isDraining = true
        if case .ready = phase, exchange == nil { linger() }
    }

    func cut() {
        context?.close(promise: nil)
    }

    func end() {
        if case .walled = phase { return }
        context?.close(promise: nil)
    }
}
