import Logging
import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
import Routing

// Nodes that fail a request, at any of its stages: on to another one, or the client is told.
extension RequestDispatch {
    /// 200, and then an error before anything was seen.
    func earlyError(_ error: UpstreamError, _ attempt: Attempt, at now: NIODeadline) -> [DispatchAction] {
        let outcome = Outcome.earlyStreamError(type: error.type)
        let verdict = Verdict(outcome)
        guard verdict.mayGoOn else { return passOn(attempt, outcome, code: error.type, at: now) }
        keepAsBest(attempt, error)
        end(attempt, outcome, at: now)
        return [.endAttempt] + goOn(after: verdict, from: attempt.turn.node.id, at: now)
    }

    /// What came goes out as it is, although it tells of a failure.
    private func passOn(_ attempt: Attempt, _ outcome: Outcome, code: String?, at now: NIODeadline) -> [DispatchAction] {
        let actions = commit(attempt)
        end(attempt, outcome, at: now)
        close(.failed, status: attempt.status, code: code, from: attempt, at: now)
        return [.endAttempt] + actions + [.finish(nil)]
    }

    /// A complete error of the node.
    func hearError(_ attempt: Attempt, at now: NIODeadline) -> [DispatchAction] {
        if attempt.isCommitted {
            end(attempt, attempt.outcome(), at: now)
            close(.failed, status: attempt.status, code: "upstream_\(attempt.status ?? 0)", from: attempt, at: now)
            return [.finish(nil)]
        }
        let verdict = end(attempt, attempt.outcome(), at: now)
        if let status = attempt.status, (300..<400).contains(status), status != 304 {
            // Whoever follows it takes the client's key to another host.
            lastFailure = .upstreamRedirected
            return goOn(after: verdict, from: attempt.turn.node.id, at: now)
        }
        guard verdict.mayGoOn else { return give(StoredAnswer(attempt, head: clientHead(attempt)), isFailure: !verdict.isSuccess, at: now) }
        keepAsBest(attempt)
        return goOn(after: verdict, from: attempt.turn.node.id, at: now)
    }

    private func clientHead(_ attempt: Attempt) -> HTTPResponseHead {
        let head = attempt.head ?? HTTPResponseHead(version: .http1_1, status: .badGateway)
        return RequestHeads.toClient(head, attempts: 1, isEventStream: attempt.isEventStream)
    }

    private func keepAsBest(_ attempt: Attempt, _ error: UpstreamError? = nil) {
        let answer = StoredAnswer(attempt, head: clientHead(attempt), error: error)
        if best.map({ answer.rank < $0.rank }) ?? true { best = answer }
    }

    func hear(_ failure: AttemptFailure, _ attempt: Attempt, at now: NIODeadline) -> [DispatchAction] {
        traffic.logger.info(
            "a node failed a request",
            metadata: [
                "request": "\(request.requestID)", "node": "\(attempt.turn.node.name)", "failure": "\(failure.kind.rawValue)",
                "detail": "\(failure.detail)",
            ])
        if attempt.head != nil { return broken(attempt, .streamBroken, at: now) }
        let outcome: Outcome = failure.wasSent ? .brokeBeforeHead : .notSent(NotSentKind(failure.kind))
        let verdict = end(attempt, outcome, code: "\(outcome.code)_\(failure.kind.rawValue)", at: now)
        lastFailure = failure.kind == .connectTimeout ? .upstreamLate : .upstreamBroken
        return goOn(after: verdict, from: attempt.turn.node.id, isStale: outcome == .notSent(.stale), at: now)
    }

    /// The response began and won't end.
    func broken(_ attempt: Attempt, _ refusal: Refusal, at now: NIODeadline) -> [DispatchAction] {
        let isSilent = refusal == .streamSilent
        guard attempt.isCommitted else {
            let outcome: Outcome = attempt.isSuccess ? .brokeBeforeContent : .brokeBeforeHead
            let verdict = end(attempt, outcome, code: isSilent ? Outcome.silence.code : nil, at: now)
            lastFailure = isSilent ? .upstreamLate : .upstreamBroken
            return [.endAttempt] + goOn(after: verdict, from: attempt.turn.node.id, at: now)
        }
        flags.insert(.broken)
        end(attempt, isSilent ? .silence : .brokeAfterContent, at: now)
        close(.failed, status: attempt.status, code: refusal.code, from: attempt, at: now)
        return breakOff(attempt, refusal)
    }

    /// The client sees that its response is not whole, and in a stream also why.
    func breakOff(_ attempt: Attempt, _ refusal: Refusal) -> [DispatchAction] {
        guard let meter = attempt.meter, meter.isEventStream else { return [.endAttempt, .cut] }
        // Between events, or after what is left of one: a blank line ends it.
        let border = meter.isAtBorder ? [] : [DispatchAction.write(ByteBuffer(string: "\n\n"))]
        return [.endAttempt] + border + [.write(refusal.event(for: family, requestID: request.requestID)), .finish(nil)]
    }

    /// A stored answer of a node, as it came; after pings of ours what it says as the last event.
    func give(_ answer: StoredAnswer, isFailure: Bool = true, at now: NIODeadline) -> [DispatchAction] {
        let code = answer.isEventStream ? answer.error?.type : isFailure ? "upstream_\(answer.status)" : nil
        close(
            isFailure ? .failed : .completed, status: hasResponded ? 200 : answer.status, code: code, node: answer.node,
            mappedModel: answer.mappedModel, usage: nil, at: now)
        if hasResponded, !answer.isEventStream {
            let envelope = ErrorEnvelope(
                type: answer.error.flatMap { $0.type.isEmpty ? nil : $0.type } ?? "api_error", message: answer.error?.message ?? "",
                code: code ?? "", requestID: request.requestID)
            return [.write(ByteBuffer(bytes: envelope.event(for: family))), .finish(nil)]
        }
        var head = answer.head
        if attempts > 1 { head.headers.add(name: "x-switchboard-attempts", value: "\(attempts)") }
        let opening: [DispatchAction] = hasResponded ? [] : [.respond(head)]
        hasResponded = true
        return opening + answer.body.map { .write($0) } + [.finish(nil)]
    }
}

extension NotSentKind {
    init(_ kind: AttemptFailure.Kind) {
        switch kind {
        case .unresolved: self = .unresolved
        case .forbiddenAddress: self = .forbidden
        case .refused: self = .refused
        case .unreachable: self = .unreachable
        case .connectTimeout: self = .connectTimeout
        case .tls: self = .tls
        case .closed, .reset: self = .stale
        case .malformed, .headTooLarge: self = .local
        }
    }
}
