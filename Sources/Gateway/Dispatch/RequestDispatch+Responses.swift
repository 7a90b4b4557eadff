import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
import Routing

// What a node answers, and what of it the client sees.
extension RequestDispatch {
    func hear(_ event: AttemptEvent, at now: NIODeadline) -> [DispatchAction] {
        guard let attempt else { return [] }
        switch event {
        case .connected, .requestSent: return []
        case .head(let head): return hear(head, attempt, at: now)
        case .body(let bytes): return hear(bytes, attempt, at: now)
        case .end(let trailers): return hearEnd(trailers, attempt, at: now)
        case .failed(let failure): return hear(failure, attempt, at: now)
        }
    }

    private func hear(_ head: HTTPResponseHead, _ attempt: Attempt, at now: NIODeadline) -> [DispatchAction] {
        attempt.head = head
        attempt.heardAt = now
        if firstByteAt == nil { firstByteAt = now }
        var actions: [DispatchAction] = [.clearTimer(.firstByte), .setTimer(.silence, after: TimeAmount(tuning.silenceTime))]
        if attempt.isSuccess {
            attempt.meter = ResponseMeter(
                family: family, status: Int(head.status.code), contentType: head.headers.first(name: "content-type"),
                contentEncoding: head.headers.first(name: "content-encoding"), holdsResults: tally != nil)
            if passesUnread(attempt) { rewriting = nil }
            if isHeldBack {
                // Nothing but events can follow the pings that went out.
                if hasResponded, !attempt.isEventStream { return actions + broken(attempt, .streamBroken, at: now) }
                actions += holdBack(attempt)
            } else if rewriting == nil {
                actions += commit(attempt)
            }
        }
        return actions
    }

    /// What an unknown path makes is read for its id when it is JSON; streams, sound and pictures pass as they come.
    private func passesUnread(_ attempt: Attempt) -> Bool {
        guard case .unknownV1(let path) = route?.operation, path.verb == .create else { return false }
        return attempt.meter?.isAnswer != true
    }

    /// Only what a model says can be begun again elsewhere.
    private var isHeldBack: Bool { route?.mayRetry ?? false }

    private func hear(_ bytes: ByteBuffer, _ attempt: Attempt, at now: NIODeadline) -> [DispatchAction] {
        attempt.heardAt = now
        let failure = read(bytes, attempt)
        guard !attempt.isCommitted else {
            if let failure { attempt.streamError = failure }
            return [.write(bytes)]
        }
        attempt.hold(bytes)
        if let failure { return earlyError(failure, attempt, at: now) }
        if isTooLong(attempt) { return cutShort(attempt, at: now) }
        return mustCommit(attempt) ? commit(attempt) : []
    }

    /// Passes the bytes by the meter; a failure that the node reports comes back.
    private func read(_ bytes: ByteBuffer, _ attempt: Attempt) -> UpstreamError? {
        guard let meter = attempt.meter else { return nil }
        var failure: UpstreamError?
        var hadContent = attempt.hadContent
        bytes.withUnsafeReadableBytes { bytes in
            _ = meter.read(bytes) { signal, _ in
                switch signal {
                case .content: hadContent = true
                case .error(let error): failure = failure ?? error
                case .start, .complete: break
                }
            }
        }
        attempt.hadContent = hadContent
        noteKept(attempt)
        if tally != nil { tally?.add(meter.takeResults(), from: attempt.turn.node.id, to: traffic.batches) }
        return failure
    }

    /// A stream goes out with its first content. Anything else is held to its end, as far as there is room: it may still break.
    private func mustCommit(_ attempt: Attempt) -> Bool {
        guard attempt.isSuccess, rewriting == nil else { return false }
        return attempt.isEventStream && attempt.hadContent || attempt.heldBytes > tuning.holdBytes
    }

    /// More than is kept of an error, or of an answer that is to be changed.
    private func isTooLong(_ attempt: Attempt) -> Bool {
        (rewriting != nil || !attempt.isSuccess) && attempt.heldBytes > Self.objectAnswerLimit
    }

    private func cutShort(_ attempt: Attempt, at now: NIODeadline) -> [DispatchAction] {
        if attempt.isSuccess, AskedObject(route?.operation)?.verb == .list {
            end(attempt, .completed, at: now)
            return [.endAttempt] + refuse(.listUnreadable, at: now)
        }
        let outcome = attempt.outcome()
        if !attempt.isSuccess, Verdict(outcome).mayGoOn || hasResponded {
            let verdict = end(attempt, outcome, at: now)
            return [.endAttempt] + goOn(after: verdict, from: attempt.turn.node.id, at: now)
        }
        return commit(attempt)
    }

    /// From here on the client has this response: no other node may take over.
    func commit(_ attempt: Attempt) -> [DispatchAction] {
        guard let head = attempt.head, !attempt.isCommitted else { return [] }
        attempt.isCommitted = true
        // A long stream need not keep a long conversation in memory.
        gathered = ByteBuffer()
        body = .none
        var actions: [DispatchAction] = [.clearTimer(.hold)]
        if !hasResponded { actions.append(.respond(RequestHeads.toClient(head, attempts: attempts, isEventStream: attempt.isEventStream))) }
        hasResponded = true
        actions += attempt.takeHeld().map { .write($0) }
        if attempt.isEventStream { actions.append(.setTimer(.ping, after: Self.pingTime)) }
        return actions
    }

    private func hearEnd(_ trailers: HTTPHeaders?, _ attempt: Attempt, at now: NIODeadline) -> [DispatchAction] {
        guard attempt.isSuccess else { return hearError(attempt, at: now) }
        var failure: UpstreamError?
        attempt.meter?.finish { signal, _ in
            if case .error(let error) = signal { failure = failure ?? error }
        }
        noteKept(attempt)
        if tally != nil { return bookResults(attempt, trailers, at: now) }
        if let debt, let usage = attempt.meter?.usage, attempt.meter?.objectID == debt.id {
            return pay(debt, usage, attempt, trailers, at: now)
        }
        if let rewriting, !attempt.isCommitted {
            end(attempt, .completed, at: now)
            return [.clearTimer(.silence)] + rewriting(attempt, now)
        }
        if let failure, !attempt.isCommitted { return earlyError(failure, attempt, at: now) }
        // A stream that ends without its last word was broken off, however politely. Of streams that we don't know, nobody knows the last word.
        let isWhole = !isHeldBack || !attempt.isEventStream || attempt.meter?.isComplete == true || attempt.streamError != nil
        if !isWhole { return broken(attempt, .streamBroken, at: now) }
        let actions = commit(attempt)
        if let error = attempt.streamError ?? failure {
            end(attempt, .brokeAfterContent, code: "stream_error", at: now)
            close(.failed, status: attempt.status, code: error.type, from: attempt, at: now)
        } else {
            notePaid(attempt)
            end(attempt, .completed, at: now)
            close(.completed, status: attempt.status, code: nil, from: attempt, at: now)
        }
        return actions + [.finish(trailers)]
    }

    /// The last bytes are the client's once what they tell is in the books.
    private func bookResults(_ attempt: Attempt, _ trailers: HTTPHeaders?, at now: NIODeadline) -> [DispatchAction] {
        guard var tally else { return [] }
        self.tally = nil
        tally.add(attempt.meter?.takeResults() ?? [], from: attempt.turn.node.id, to: traffic.batches)
        tally.end(in: traffic.batches)
        end(attempt, .completed, at: now)
        let batches = traffic.batches
        return [.clearTimer(.silence)]
            + ask({ [tally] in
                await tally.finished()
                // All of it was told: nothing need be held for it any more.
                await batches.release(tally.batch.id, in: tally.batch.workspace)
            }) { [unowned self] _, now in
                close(.completed, status: attempt.status, code: nil, from: attempt, at: now)
                return [.finish(trailers)]
            }
    }

    /// An answer that was made in the background is paid for when it is fetched; its last bytes wait for the books as those of results do.
    private func pay(
        _ debt: AnswerDebt, _ usage: TokenUsage, _ attempt: Attempt, _ trailers: HTTPHeaders?, at now: NIODeadline
    ) -> [DispatchAction] {
        self.debt = nil
        let (batches, node, model) = (traffic.batches, attempt.turn.node.id, attempt.meter?.model ?? "")
        let actions = commit(attempt)
        end(attempt, .completed, at: now)
        return [.clearTimer(.silence)] + actions
            + ask({ await batches.pay(debt, usage, model: model, to: node) }) { [unowned self] _, now in
                close(.completed, status: attempt.status, code: nil, from: attempt, at: now)
                return [.finish(trailers)]
            }
    }
}
