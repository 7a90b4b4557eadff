import Vocabulary

/// What one transaction does for a piece of the journal.
struct LedgerBatch {
    /// A row of a request; `closing` nil while it is open.
    struct RequestChange {
        var opening: RequestOpening
        var closing: RequestClosing?
        var bill = RequestBill.nothing
        /// All of them, in their order.
        var attempts: [OpenAttempt]
        /// There is a row already, made when it was open.
        var isStored: Bool
    }

    var requests: [RequestChange] = []
    var refused: [RequestRefusal] = []
    var figures: [UsagePlace: UsageFigures] = [:]
    /// By workspace, minute, key and code.
    var refusals: [RefusalCount: Int64] = [:]
    /// By what lists find the rows.
    var spans = RequestSpans()
    var findings: [JournalFinding]

    init(findings: [JournalFinding] = []) {
        self.findings = findings
    }

    var isEmpty: Bool { requests.isEmpty && refused.isEmpty && figures.isEmpty && refusals.isEmpty }

    mutating func store(_ request: OpenRequest) {
        requests.append(RequestChange(opening: request.opening, attempts: request.attempts, isStored: request.isStored))
        if !request.isStored { spans.add(request.opening, nil) }
    }

    /// - Parameter isNamed: its model is counted under its own name.
    mutating func close(_ request: OpenRequest, _ closing: RequestClosing, bill: RequestBill, isNamed: Bool) {
        var closing = closing
        closing.attempts = max(closing.attempts, request.attempts.count)
        if !isNamed { closing.flags.insert(.countedAsOther) }
        let attempts = request.attempts.map { $0.ended(by: closing.status) }
        requests.append(
            RequestChange(opening: request.opening, closing: closing, bill: bill, attempts: attempts, isStored: request.isStored))
        spans.add(request.opening, closing)
        count(request.opening, closing, bill: bill, attempts: attempts)
    }

    private mutating func count(_ opening: RequestOpening, _ closing: RequestClosing, bill: RequestBill, attempts: [OpenAttempt]) {
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
        let place = UsagePlace(opening, closing)
        for attempt in attempts {
            // By the request's hour, as everything of it.
            let other = UsagePlace(opening, attempt.opening, isNamed: !closing.flags.contains(.countedAsOther))
            if other == place { figures.add(attempt) } else { self.figures[other, default: UsageFigures()].add(attempt) }
        }
        self.figures[place, default: UsageFigures()] += figures
    }

    mutating func refuse(_ refusal: RequestRefusal) {
        refused.append(refusal)
        spans.add(refusal)
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
        return attempt
    }
}

extension ULID {
    /// The hour of its moment.
    var hour: Timestamp { time.floored(to: 3_600_000) }
}
