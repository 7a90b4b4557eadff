import Vocabulary

/// What one transaction does for a piece of the journal.
struct LedgerBatch {
    /// A row of a request; `closing` nil while it is open.
    struct RequestChange {
        var opening: RequestOpening
        var closing: RequestClosing?
        var bill = RequestBill.nothing
        /// There is a row already, made when it was open.
        var isStored: Bool
    }

    struct AttemptChange {
        var request: ULID
        var attempt: OpenAttempt
    }

    var requests: [RequestChange] = []
    var attempts: [AttemptChange] = []
    var refused: [RequestRefusal] = []
    var figures: [UsagePlace: UsageFigures] = [:]
    /// By workspace, minute, key and code.
    var refusals: [RefusalCount: Int64] = [:]
    var findings: [JournalFinding]

    init(findings: [JournalFinding] = []) {
        self.findings = findings
    }

    var isEmpty: Bool { requests.isEmpty && attempts.isEmpty && refused.isEmpty && figures.isEmpty && refusals.isEmpty }

    mutating func store(_ request: OpenRequest) {
        if !request.isStored { requests.append(RequestChange(opening: request.opening, isStored: false)) }
        store(request.attempts, of: request.opening.id)
    }

    mutating func close(_ request: OpenRequest, _ closing: RequestClosing, bill: RequestBill) {
        var closing = closing
        closing.attempts = max(closing.attempts, request.attempts.count)
        let attempts = request.attempts.map { $0.ended(by: closing.status) }
        requests.append(RequestChange(opening: request.opening, closing: closing, bill: bill, isStored: request.isStored))
        store(attempts, of: request.opening.id)
        count(request.opening, closing, bill: bill)
        for attempt in attempts { count(attempt, of: request.opening) }
    }

    private mutating func store(_ attempts: [OpenAttempt], of request: ULID) {
        for attempt in attempts where attempt.isChanged { self.attempts.append(AttemptChange(request: request, attempt: attempt)) }
    }

    private mutating func count(_ opening: RequestOpening, _ closing: RequestClosing, bill: RequestBill) {
        var figures = UsageFigures()
        switch closing.status {
        case .refused: figures.refused = 1
        case .open, .completed: figures.requests = 1
        case .failed, .interrupted: (figures.requests, figures.failures) = (1, 1)
        case .cancelled: (figures.requests, figures.cancelled) = (1, 1)
        }
        if let usage = closing.usage { figures.add(usage) }
        figures.cost = bill.cost ?? 0
        figures.unpriced = bill == .unpriced ? 1 : 0
        let place = UsagePlace(
            workspace: opening.workspace.ulid, hour: opening.id.hour, key: opening.key?.ulid, node: closing.node?.ulid,
            model: opening.model,
            servedModel: closing.mappedModel ?? opening.model)
        self.figures[place, default: UsageFigures()] += figures
    }

    private mutating func count(_ attempt: OpenAttempt, of opening: RequestOpening) {
        var figures = UsageFigures()
        figures.attempts = 1
        figures.nodeFaults = attempt.ending?.isNodeFault == true ? 1 : 0
        // By the request's hour, as everything of it.
        let place = UsagePlace(
            workspace: opening.workspace.ulid, hour: opening.id.hour, key: opening.key?.ulid, node: attempt.opening.node.ulid,
            model: opening.model, servedModel: attempt.opening.mappedModel)
        self.figures[place, default: UsageFigures()] += figures
    }

    mutating func refuse(_ refusal: RequestRefusal) {
        refused.append(refusal)
        count(
            RefusalCount(
                workspace: refusal.workspace?.ulid, key: refusal.key?.ulid, code: refusal.code, minute: refusal.id.time.floored(to: 60_000),
                count: 1))
    }

    mutating func count(_ refusals: RefusalCount) {
        let place = UsagePlace(
            workspace: refusals.workspace, hour: refusals.minute.floored(to: 3_600_000), key: refusals.key, node: nil, model: "",
            servedModel: "")
        figures[place, default: UsageFigures()].refused += refusals.count
        var kind = refusals
        kind.count = 0
        self.refusals[kind, default: 0] += refusals.count
    }
}

extension OpenAttempt {
    /// Its end when the request ended and nothing was heard of it.
    func ended(by status: RequestStatus) -> OpenAttempt {
        guard ending == nil else { return self }
        var attempt = self
        attempt.ending = AttemptEnding(
            number: opening.number, certainty: .possiblyAccepted, outcome: status == .interrupted ? "interrupted" : "abandoned",
            httpStatus: nil,
            milliseconds: -1, isChargeSuspected: true)
        attempt.isChanged = true
        return attempt
    }
}

extension ULID {
    /// The hour of its moment.
    var hour: Timestamp { time.floored(to: 3_600_000) }
}
