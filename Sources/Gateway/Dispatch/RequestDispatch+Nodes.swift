import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
import Routing
import Vocabulary

// From one node to the next.
extension RequestDispatch {
    /// The first node, or a place in the line.
    func askForNode(at now: NIODeadline) -> [DispatchAction] {
        guard let admitted else { return [] }
        let answer = traffic.control.turn(for: admitted.plan, of: admitted.key.workspace, ticket: nil, at: now.moment)
        switch answer {
        case .turn(let turn): return begin(turn, at: now)
        case .unserved(let why): return noNode(refusal(why), at: now)
        case .wait(let until, let reason):
            // Who has failed once waits only where a place will be free.
            if reason == .exhausted || attempts > 0 && reason != .busy { return noOtherNode(at: now) }
            return wait(until: until, reason, at: now)
        }
    }

    private func refusal(_ why: Unserved) -> Refusal {
        switch why {
        case .family: .familyUnserved(family)
        case .model: .modelUnknown(scanned?.scan.model ?? "")
        case .owner: .ownerUnknown
        }
    }

    /// In line, unless waiting can't help.
    private func wait(until: Moment?, _ reason: WaitReason, at now: NIODeadline) -> [DispatchAction] {
        guard let admitted else { return [] }
        if reason == .dead || reason == .off { return refuse(.unavailable(family), at: now) }
        let deadline = now.moment + tuning.queueTime
        if reason == .cooling, let until, until > deadline {
            return refuse(.cooling(retryAfter: max(1, now.moment.remaining(until: until).wholeSecondsRoundedUp)), at: now)
        }
        let ticket = traffic.control.join(
            admitted.plan, of: admitted.key.workspace, length: tuning.queueLength, until: deadline, waker: request.waker)
        guard let ticket else { return noNode(.queueFull(family), at: now) }
        flags.insert(.queued)
        let end = now + TimeAmount(tuning.queueTime)
        stage = .waiting(ticket, until: end)
        return [.setTimer(.queue, after: nextLook(until, end: end, at: now))]
    }

    /// The time that the pool named, and never later than the end of waiting.
    private func nextLook(_ until: Moment?, end: NIODeadline, at now: NIODeadline) -> TimeAmount {
        let left = max(.nanoseconds(0), end - now)
        guard let until else { return left }
        return min(left, TimeAmount(now.moment.remaining(until: until)) + .milliseconds(1))
    }

    /// Called, or a known time has come: is there a node now?
    func tryAgain(_ ticket: WaitingTicket, until end: NIODeadline, at now: NIODeadline) -> [DispatchAction] {
        guard let admitted else { return [] }
        switch traffic.control.turn(for: admitted.plan, of: admitted.key.workspace, ticket: ticket, at: now.moment) {
        case .turn(let turn): return [.clearTimer(.queue)] + begin(turn, at: now)
        case .unserved(let why): return noNode(refusal(why), at: now)
        case .wait(let until, let reason):
            guard now < end else {
                if reason == .cooling, let until {
                    return noNode(.cooling(retryAfter: max(1, now.moment.remaining(until: until).wholeSecondsRoundedUp)), at: now)
                }
                return noNode(.queueTimeout(family), at: now)
            }
            traffic.control.goBack(ticket, of: admitted.key.workspace)
            return [.setTimer(.queue, after: nextLook(until, end: end, at: now))]
        }
    }

    /// No (further) node: what one has said before is worth more than our own words.
    func noNode(_ refusal: Refusal, at now: NIODeadline) -> [DispatchAction] {
        attempts > 0 ? noOtherNode(at: now) : refuse(refusal, at: now)
    }

    private func noOtherNode(at now: NIODeadline) -> [DispatchAction] {
        giveUp(because: .noOtherNode, at: now)
    }

    private func begin(_ turn: Turn, at now: NIODeadline) -> [DispatchAction] {
        guard let admitted else { return [] }
        attempts += 1
        stage = .trying
        if turn.assignment.reason == .session { flags.insert(.sticky) }
        let attempt = Attempt(turn, number: attempts, at: now)
        self.attempt = attempt
        do throws(LedgerError) {
            let mapped = turn.assignment.model ?? scanned?.scan.model ?? ""
            try admitted.entry.openAttempt(
                AttemptOpening(number: attempts, node: turn.node.id, mappedModel: mapped, reason: turn.assignment.reason))
        } catch {
            traffic.control.ended(turn.assignment.attempt, .notSent(.local), of: admitted.key.workspace, at: traffic.reading(now))
            self.attempt = nil
            return refuse(.ledgerFull(family), at: now)
        }
        showAttempt(turn)
        let outgoing = NodeRequest(
            target: turn.node.target, head: RequestHeads.toNode(request.head, node: turn.node), body: outgoingBody(turn.assignment.model),
            connectTimeout: TimeAmount(tuning.connectTime))
        // What was timed of the attempt before is over.
        return [.clearTimer(.silence), .clearTimer(.hold), .attempt(outgoing), .setTimer(.firstByte, after: TimeAmount(firstByteTime))]
    }

    private var firstByteTime: Duration { scanned?.scan.isStream ?? false ? tuning.firstByteTime : tuning.nonStreamTime }

    private func showAttempt(_ turn: Turn) {
        live?.attempts = attempts
        live?.node = turn.node.id
        live?.nodeName = turn.node.name
        live?.mappedModel = turn.assignment.model
        if let live { traffic.live.changed(live) }
    }

    /// The bytes as they came; where the node calls the model otherwise, only that name is another.
    private func outgoingBody(_ mapped: String?) -> NodeRequestBody {
        if case .streamed = route?.body { return body }
        guard let mapped, let scan = scanned?.scan, mapped != scan.model, gathered.readableBytes > 0 else { return body }
        let splice = scan.splice(model: mapped, bodyCount: gathered.readableBytes)
        let start = gathered.readerIndex
        guard let prefix = gathered.getSlice(at: start + splice.prefix.lowerBound, length: splice.prefix.count),
            let suffix = gathered.getSlice(at: start + splice.suffix.lowerBound, length: splice.suffix.count)
        else { return body }
        return .bytes([prefix, ByteBuffer(bytes: splice.replacement), suffix])
    }

    /// The attempt is over for pool and ledger.
    @discardableResult
    func end(_ attempt: Attempt, _ outcome: Outcome, code: String? = nil, at now: NIODeadline) -> Verdict {
        self.attempt = nil
        let verdict = Verdict(outcome)
        guard let admitted else { return verdict }
        traffic.control.ended(attempt.turn.assignment.attempt, outcome, of: admitted.key.workspace, at: traffic.reading(now))
        admitted.entry.endAttempt(
            AttemptEnding(
                number: attempt.number, certainty: AttemptCertainty(verdict), outcome: code ?? outcome.code, httpStatus: attempt.status,
                milliseconds: (now - attempt.beganAt).nanoseconds / 1_000_000,
                isChargeSuspected: verdict.isChargeSuspected && !verdict.isSuccess, isNodeFault: verdict.isNodeFault))
        return verdict
    }

    /// Another node, if anything allows it; else the best that there is to say.
    /// - Parameter isStale: only a kept connection had gone: the node itself was not asked yet.
    func goOn(after verdict: Verdict, from node: NodeID, isStale: Bool = false, at now: NIODeadline) -> [DispatchAction] {
        guard verdict.mayGoOn, let workspace = admitted?.key.workspace else { return giveUp(at: now) }
        guard attempts <= tuning.extraAttempts else { return giveUp(because: .triesSpent, at: now) }
        guard !isDraining, now - openedAt < Self.lastAttempt else { return giveUp(because: .tooLate, at: now) }
        if verdict.spendsRetryBudget {
            guard route?.mayRetry == true else { return giveUp(because: .notRepeatable, at: now) }
            guard traffic.control.mayRetry(in: workspace, at: now.moment) else { return giveUp(because: .retryBudgetSpent, at: now) }
        }
        if !isStale {
            admitted?.plan.excluded.append(node)
            admitted?.plan.isRetry = true
        }
        return askForNode(at: now)
    }

    /// Nothing is left: the best error that a node gave, as it came, or one of ours.
    /// - Parameter reason: for the ledger, where it was a choice of ours.
    func giveUp(because reason: RequestFlags = [], at now: NIODeadline) -> [DispatchAction] {
        flags.formUnion(reason)
        guard let best else { return refuse(lastFailure, at: now) }
        leaveLine()
        return give(best, at: now)
    }
}

extension AttemptCertainty {
    init(_ verdict: Verdict) {
        if verdict.isSuccess {
            self = .completed
            return
        }
        switch verdict.certainty {
        case .notSent: self = .notSent
        case .rejected: self = .rejected
        case .possiblyAccepted: self = .possiblyAccepted
        case .started: self = .started
        case .committed: self = .committed
        }
    }
}

extension Outcome {
    /// For the ledger: short and stable.
    var code: String {
        switch self {
        case .notSent(let kind): "not_sent_\(kind.rawValue)"
        case .status(let status, _, _, _, _): "status_\(status)"
        case .brokeBeforeHead: "broke_before_head"
        case .firstByteTimeout: "first_byte_timeout"
        case .earlyStreamError: "early_stream_error"
        case .brokeBeforeContent: "broke_before_content"
        case .brokeAfterContent: "broke_after_content"
        case .silence: "silence"
        case .completed: "completed"
        case .clientLeft: "client_left"
        }
    }
}
