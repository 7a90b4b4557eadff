import Vocabulary

/// A request that has not ended, as far as the database is concerned.
struct OpenRequest: Hashable {
    var opening: RequestOpening
    var attempts: [OpenAttempt] = []
    /// The database has a row of it.
    var isStored = false
    /// Something of it is new since it was stored.
    var isChanged = true
}

/// One try of an open request.
struct OpenAttempt: Hashable {
    var opening: AttemptOpening
    var at: Timestamp
    /// Nil while it runs.
    var ending: AttemptEnding?
}

/// Which requests are open, and what each record of the journal makes of them. A value without I/O: what it says depends on nothing but the
/// records and the state that the database held at their beginning.
struct LedgerBook {
    private(set) var open: [ULID: OpenRequest] = [:]
    /// Requests that changed in the batch that is being made, those that ended since included.
    private var changed: [ULID] = []
    private var models = CountedModels()

    init() {}

    /// What the database held when the process began.
    init(stored: [OpenRequest], models: CountedModels = CountedModels()) {
        for request in stored { open[request.opening.id] = request }
        self.models = models
    }

    /// What the database has to do for `records`.
    mutating func batch(of chunk: JournalChunk, pricing: any UsagePricing) -> LedgerBatch {
        var batch = LedgerBatch(findings: chunk.findings)
        for (record, place) in chunk.records where !apply(record, to: &batch, pricing: pricing) {
            batch.findings.append(JournalFinding(.orphan, segment: place.segment, offset: place.offset))
        }
        storeOpen(in: &batch)
        return batch
    }

    /// Ends up to `limit` of the requests that are open as `interrupted`: the process that had them is gone.
    mutating func interrupt(limit: Int, pricing: any UsagePricing) -> LedgerBatch {
        var batch = LedgerBatch()
        for request in open.values.sorted(by: { $0.opening.id < $1.opening.id }).prefix(limit) {
            open[request.opening.id] = nil
            close(request, RequestClosing.interrupted(request), in: &batch, pricing: pricing)
        }
        return batch
    }

    /// False for a record about a request that is not open.
    private mutating func apply(_ record: LedgerRecord, to batch: inout LedgerBatch, pricing: any UsagePricing) -> Bool {
        switch record {
        case .opened(let opening): return begin(opening)
        case .attemptOpened(let id, let attempt, let time): return begin(attempt, at: time, of: id)
        case .attemptEnded(let id, let ending): return end(ending, of: id)
        case .closed(let id, let closing):
            guard let request = open.removeValue(forKey: id) else { return false }
            close(request, closing, in: &batch, pricing: pricing)
        case .refused(let refusal): batch.refuse(refusal)
        case .refusals(let count): batch.count(count)
        }
        return true
    }

    private mutating func close(
        _ request: OpenRequest, _ closing: RequestClosing, in batch: inout LedgerBatch, pricing: any UsagePricing
    ) {
        let opening = request.opening
        let isNamed = models.admits(
            opening.model, of: opening.workspace.ulid, at: opening.id.time, isAnswered: closing.usage != nil || closing.status == .completed
        ) { pricing.knows(closing.mappedModel ?? opening.model, opening) }
        batch.close(request, closing, bill: RequestBill(closing, of: opening, pricing: pricing), isNamed: isNamed)
    }

    private mutating func begin(_ opening: RequestOpening) -> Bool {
        guard open[opening.id] == nil else { return false }
        open[opening.id] = OpenRequest(opening: opening)
        changed.append(opening.id)
        return true
    }

    private mutating func begin(_ attempt: AttemptOpening, at time: Timestamp, of id: ULID) -> Bool {
        change(id) { request in
            guard !request.attempts.contains(where: { $0.opening.number == attempt.number }) else { return false }
            request.attempts.append(OpenAttempt(opening: attempt, at: time))
            return true
        }
    }

    private mutating func end(_ ending: AttemptEnding, of id: ULID) -> Bool {
        change(id) { request in
            guard let index = request.attempts.firstIndex(where: { $0.opening.number == ending.number && $0.ending == nil }) else {
                return false
            }
            request.attempts[index].ending = ending
            return true
        }
    }

    private mutating func change(_ id: ULID, _ body: (inout OpenRequest) -> Bool) -> Bool {
        guard let index = open.index(forKey: id), body(&open.values[index]) else { return false }
        if !open.values[index].isChanged {
            open.values[index].isChanged = true
            changed.append(id)
        }
        return true
    }

    /// What is still open at the batch's end gets a row, because the journal's place moves on.
    private mutating func storeOpen(in batch: inout LedgerBatch) {
        for id in changed {
            guard let index = open.index(forKey: id) else { continue }
            batch.store(open.values[index])
            open.values[index].isStored = true
            open.values[index].isChanged = false
        }
        changed = []
    }
}

extension UsagePricing {
    /// The book has a price for `model`.
    fileprivate func knows(_ model: String, _ opening: RequestOpening) -> Bool {
        bill(PricedTokens(), model: model, workspace: opening.workspace, at: opening.id.time, tier: .standard, geo: nil) != nil
    }
}

extension RequestClosing {
    /// Nothing is known of when it ended and what it used.
    fileprivate static func interrupted(_ request: OpenRequest) -> RequestClosing {
        let last = request.attempts.last
        return RequestClosing(
            status: .interrupted, httpStatus: nil, code: "gateway.interrupted", attempts: request.attempts.count, durationMilliseconds: -1,
            node: last?.opening.node, mappedModel: last?.opening.mappedModel)
    }
}
