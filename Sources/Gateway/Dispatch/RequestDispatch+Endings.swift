import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
import Routing
import Vocabulary

// Deadlines, departures, and the books.
extension RequestDispatch {
    func expired(_ timer: DispatchTimer, at now: NIODeadline) -> [DispatchAction] {
        switch timer {
        case .queue:
            guard case .waiting(let ticket, let until) = stage else { return [] }
            return tryAgain(ticket, until: until, at: now)
        case .firstByte:
            guard let attempt, attempt.head == nil else { return [] }
            lastFailure = .upstreamLate
            let verdict = end(attempt, .firstByteTimeout, at: now)
            return [.endAttempt] + goOn(after: verdict, from: attempt.turn.node.id, at: now)
        case .silence: return silence(at: now)
        case .hold: return holdOver()
        case .ping: return ping(at: now)
        case .deadline: return []
        }
    }

    /// The timer is not set again for each chunk: when it passes, the time of the last one tells.
    private func silence(at now: NIODeadline) -> [DispatchAction] {
        guard let attempt, attempt.head != nil else { return [] }
        let left = TimeAmount(tuning.silenceTime) - (now - attempt.heardAt)
        guard left <= .zero else { return [.setTimer(.silence, after: left)] }
        return broken(attempt, .streamSilent, at: now)
    }

    func clientLeft(at now: NIODeadline) -> [DispatchAction] {
        leaveLine()
        let attempt = self.attempt
        if let attempt { end(attempt, .clientLeft, at: now) }
        close(.cancelled, status: hasResponded ? attempt?.status ?? 200 : nil, code: "client_left", from: attempt, at: now)
        return attempt == nil ? [] : [.endAttempt]
    }

    /// Revoked or expired while it ran.
    func keyEnded(at now: NIODeadline) -> [DispatchAction] {
        guard let attempt else { return refuse(.keyEnded, at: now) }
        guard attempt.isCommitted else {
            end(attempt, .clientLeft, at: now)
            return [.endAttempt] + refuse(.keyEnded, at: now)
        }
        end(attempt, .clientLeft, at: now)
        close(.cancelled, status: attempt.status, code: Refusal.keyEnded.code, from: attempt, at: now)
        return breakOff(attempt, .keyEnded)
    }

    func leaveLine() {
        guard case .waiting(let ticket, _) = stage, let admitted else { return }
        traffic.control.leave(ticket, of: admitted.key.workspace)
    }

    /// An answer of our own; nothing of a node's has gone out.
    func refuse(_ refusal: Refusal, as family: ModelFamily? = nil, at now: NIODeadline) -> [DispatchAction] {
        leaveLine()
        // After pings of ours the status has long gone out.
        let status = hasResponded ? 200 : Int(refusal.status.code)
        if admitted == nil {
            traffic.ledger.refuse(
                RequestRefusal(
                    id: id, workspace: key?.workspace, key: key?.id, operation: operationName, model: scanned?.scan.model ?? "",
                    httpStatus: status,
                    code: refusal.code, client: clientFacts))
        }
        close(attempts > 0 ? .failed : .refused, status: status, code: refusal.code, from: nil, at: now)
        return say(refusal, as: family)
    }

    /// The client sends more than it may; of an upload a node has had a part by now.
    func bodyTooLarge(limit: Int, at now: NIODeadline) -> [DispatchAction] {
        let refusal = Refusal.bodyTooLarge(limit: limit)
        guard let attempt else { return refuse(refusal, at: now) }
        end(attempt, .clientLeft, at: now)
        close(.refused, status: hasResponded ? attempt.status : Int(refusal.status.code), code: refusal.code, from: attempt, at: now)
        return hasResponded ? [.endAttempt, .cut] : [.endAttempt] + say(refusal)
    }

    /// Our own words, as the client can still hear them.
    private func say(_ refusal: Refusal, as family: ModelFamily? = nil) -> [DispatchAction] {
        if hasResponded { return [.write(refusal.event(for: self.family, requestID: request.requestID)), .finish(nil)] }
        hasResponded = true
        let answer = refusal.response(for: family ?? self.family, requestID: request.requestID)
        var head = answer.head
        if attempts > 1 { head.headers.add(name: "x-switchboard-attempts", value: "\(attempts)") }
        return [.respond(head), .write(answer.body), .finish(nil)]
    }

    func close(_ status: RequestStatus, status code: Int?, code word: String?, from attempt: Attempt?, at now: NIODeadline) {
        close(
            status, status: code, code: word, node: attempt?.turn.node,
            mappedModel: attempt?.turn.assignment.model ?? (scanned == nil ? attempt?.meter?.model : nil),
            usage: isMetered ? attempt?.meter?.usage : nil, at: now)
    }

    /// Whether the answer was made by this request: one that is only fetched again was paid for when it was made.
    private var isMetered: Bool {
        switch route?.operation {
        case .messages, .chatCompletions, .embeddings, .responses: true
        case .unknownV1(let path): path.verb == .create
        default: false
        }
    }

    /// The last word: limits settled, ledger and live view closed. Once.
    func close(
        _ status: RequestStatus, status httpStatus: Int?, code: String?, node: Node?, mappedModel: String?, usage: TokenUsage?,
        at now: NIODeadline
    ) {
        if case .ended = stage { return }
        // Whoever closes has ended it; a place at a node must not be lost to a mistake.
        if let open = self.attempt { end(open, .clientLeft, at: now) }
        stage = .ended
        resume = nil
        tally?.end(in: traffic.batches)
        inspection = nil
        if let held { traffic.control.giveBack(held, at: traffic.reading(now)) }
        held = nil
        guard let admitted else { return }
        let used = usage.map(PricedTokens.init)
        if let usage { flags.formUnion(RequestFlags(PriceTier(usage))) }
        let cost = used.flatMap { bill($0, mappedModel, geo: usage?.geo, admitted.key) }
        traffic.control.settle(
            admitted.reservation, of: admitted.key.id,
            used: attempts == 0 ? nil : KeyUse(tokens: used.map { $0.prompt + $0.output } ?? 0, nanoDollars: cost ?? 0),
            at: traffic.reading(now))
        traffic.control.ended(id, by: admitted.key.id)
        if usage?.inconsistent == true { flags.insert(.usageDoubtful) }
        let firstByte = firstByteAt.map { ($0 - openedAt).nanoseconds / 1_000_000 }
        let duration = (now - openedAt).nanoseconds / 1_000_000
        admitted.entry.close(
            RequestClosing(
                status: status, httpStatus: httpStatus, code: code, attempts: attempts, firstByteMilliseconds: firstByte,
                durationMilliseconds: duration, usage: used, flags: flags, node: node?.id, mappedModel: mappedModel, geo: usage?.geo))
        showClosed(status, httpStatus, code, firstByte: firstByte, duration: duration, used: used, cost: cost)
        self.admitted = nil
    }

    private func bill(_ used: PricedTokens, _ model: String?, geo: String?, _ key: GatewayKey) -> Int64? {
        guard let model = model ?? scanned?.scan.model else { return nil }
        return traffic.prices.book(of: key.workspace).cost(of: used, model: model, at: arrivedAt, tier: flags.tier, geo: geo)
    }

    private func showClosed(
        _ status: RequestStatus, _ httpStatus: Int?, _ code: String?, firstByte: Int64?, duration: Int64, used: PricedTokens?, cost: Int64?
    ) {
        guard var live else { return }
        live.status = status
        live.httpStatus = httpStatus
        live.code = code
        live.firstByteMilliseconds = firstByte
        live.durationMilliseconds = duration
        live.usage = used
        live.cost = cost
        self.live = nil
        traffic.live.closed(live)
    }
}

extension PricedTokens {
    init(_ usage: TokenUsage) {
        self.init(
            input: Int64(usage.input), cacheRead: Int64(usage.cacheRead), cacheWrite5m: Int64(usage.cacheWrite5m),
            cacheWrite1h: Int64(usage.cacheWrite1h), output: Int64(usage.output), webSearches: Int64(usage.webSearches))
    }
}
