import Logging
import ModelProtocol
import NIOCore
import Routing
import Storage
import Vocabulary

/// A message batch whose results are fetched through the gateway.
struct FetchedBatch: Hashable, Sendable {
    /// As its provider names it.
    let id: String
    /// The key that made it, which pays for it, whoever fetches.
    let key: KeyID
    let workspace: WorkspaceID

    /// The id where results are marked as booked; of a longer one than its column the beginning and a sum of the whole.
    var mark: String {
        guard id.utf8.count > Int(LedgerLimits.batch) else { return id }
        let sum = Array(id.utf8).withUnsafeBytes { XXH64.hash($0) }
        return id.cut(to: LedgerLimits.batch - 21) + "#\(sum)"
    }
}

/// An answer that was made in the background and not paid for yet.
struct AnswerDebt: Hashable, Sendable {
    /// As its provider names it.
    let id: String
    /// The key that asked for it, which pays for it, whoever fetches.
    let key: KeyID
    let workspace: WorkspaceID
}

/// Books what the results of message batches used: each result once, however often and by however many it is fetched.
///
/// Unlike other requests they do not go through the journal: a result that could not be booked is booked when it is fetched again, because
/// its mark and its row are one transaction.
struct BatchBooks: Sendable {
    let database: any Database
    let pricing: any UsagePricing
    let control: TrafficControl
    let clock: any WallClock
    let logger: Logger

    /// Each result that is not booked yet gets a row of its own, at the price of batches, and its key pays for it.
    func book(_ results: [BatchResult], of batch: FetchedBatch, from node: NodeID) async {
        let now = clock.now()
        do {
            let cost = try await database.write { connection in
                let new = try results.filter { try mark($0, of: batch, at: now, on: connection) }
                return try write(new, of: batch, from: node, at: now, on: connection)
            }
            control.spend(cost, by: batch.key, at: Health.reading(clock))
        } catch {
            logger.error(
                "results of a batch could not be booked; they are when they are fetched again",
                metadata: ["batch": "\(batch.id)", "count": "\(results.count)", "error": "\(error)"])
        }
    }

    /// What an answer that was made in the background used: a row of its own, once, for the key that asked for it.
    func pay(_ debt: AnswerDebt, _ usage: TokenUsage, model: String, to node: NodeID) async {
        let now = clock.now()
        let result = BatchResult(name: debt.id, model: model, usage: usage)
        let answer = FetchedBatch(id: debt.id, key: debt.key, workspace: debt.workspace)
        do {
            let cost = try await database.write { connection in
                guard try ResourceOwners.takeDebt(of: debt.id, .response, in: debt.workspace, on: connection) else { return Int64(0) }
                return try write([result], of: answer, from: node, as: "background", at: now, on: connection)
            }
            control.spend(cost, by: debt.key, at: Health.reading(clock))
        } catch {
            logger.error(
                "an answer could not be booked; it is when it is fetched again", metadata: ["answer": "\(debt.id)", "error": "\(error)"])
        }
    }

    /// Nothing is held for the batch any more.
    func release(_ batch: String, in workspace: WorkspaceID) async {
        do {
            let hold = try await database.write { try ResourceOwners.takeHold(of: batch, in: workspace, on: $0) }
            if let hold { control.release(hold) }
        } catch {
            logger.error("money stays held for a batch", metadata: ["batch": "\(batch)", "error": "\(error)"])
        }
    }

    /// True the first time.
    private func mark(_ result: BatchResult, of batch: FetchedBatch, at now: Timestamp, on connection: any SQLConnection) throws -> Bool {
        let known = try connection.row(
            "SELECT 1 FROM booked_result WHERE workspace_id = ? AND batch_id = ? AND name = ?", batch.workspace, batch.mark, result.name)
        guard known == nil else { return false }
        try connection.execute(
            "INSERT INTO booked_result (workspace_id, batch_id, name, at) VALUES (?, ?, ?, ?)", batch.workspace, batch.mark, result.name,
            now)
        return true
    }

    /// Nano-dollars of all of them.
    private func write(
        _ results: [BatchResult], of batch: FetchedBatch, from node: NodeID, as operation: String = "batch_result", at now: Timestamp,
        on connection: any SQLConnection
    ) throws -> Int64 {
        guard !results.isEmpty else { return 0 }
        var ledger = LedgerBatch()
        var cost: Int64 = 0
        // A node may call its models what it likes: the hourly table takes as few names from here as from requests.
        var models = try LedgerStore.countedModels(at: now, on: connection)
        for result in results {
            // What the journal would have cut: the columns hold no more.
            let opening = RequestOpening(
                id: .make(at: now), workspace: batch.workspace, key: batch.key, operation: operation,
                model: result.model.cut(to: LedgerLimits.model), client: ClientFacts(session: batch.id.cut(to: LedgerLimits.session)))
            let tier = PriceTier(result.usage, isBatch: operation == "batch_result")
            let closing = RequestClosing(
                status: .completed, httpStatus: 200, attempts: 0, durationMilliseconds: -1, usage: PricedTokens(result.usage),
                flags: RequestFlags(tier), node: node, geo: result.usage.geo?.cut(to: LedgerLimits.geo))
            let bill = RequestBill(closing, of: opening, pricing: pricing)
            cost = cost.addingWithoutOverflow(bill.cost ?? 0)
            let isNamed = models.admits(
                result.model, of: batch.workspace.ulid, at: now, isAnswered: true, isPriced: { bill != .unpriced })
            ledger.close(OpenRequest(opening: opening), closing, bill: bill, isNamed: isNamed)
        }
        if !ledger.isEmpty { try LedgerStore.write(ledger, on: connection) }
        if cost > 0 { try ShareStore.noteSpent(cost, by: batch.key, at: now, on: connection) }
        return cost
    }

    /// Forgets marks of batches whose results no provider has any more (Anthropic: 29 days). At most `limit`.
    func forgetOld(limit: Int = 2_000) async throws -> Int {
        let before = clock.now() - .seconds(60 * 86_400)
        return try await database.write { connection in
            let old = try connection.rows(
                "SELECT workspace_id, batch_id, name FROM booked_result WHERE at < ? ORDER BY at LIMIT ?", before, limit)
            for row in old {
                try connection.execute("DELETE FROM booked_result WHERE workspace_id = ? AND batch_id = ? AND name = ?", row.values)
            }
            return old.count
        }
    }
}

/// What is still to be booked of one fetch.
struct BatchTally: Sendable {
    /// Requests of one batch (vendor's limit): a node that tells of more is not believed.
    private static let limit = 100_000
    /// Results in one transaction.
    private static let portion = 200

    let batch: FetchedBatch
    private var node: NodeID?
    private var waiting: [BatchResult] = []
    private var count = 0
    /// The last of a chain.
    private var booking: Task<Void, Never>?

    init(batch: String, key: KeyID, workspace: WorkspaceID) {
        self.batch = FetchedBatch(id: batch, key: key, workspace: workspace)
    }

    /// More of them came from `node`; enough of them are booked at once, in a task that the last bytes wait for.
    mutating func add(_ results: [BatchResult], from node: NodeID, to books: BatchBooks) {
        guard !results.isEmpty else { return }
        self.node = node
        waiting += results.prefix(Self.limit - count)
        count = min(count + results.count, Self.limit)
        if waiting.count >= Self.portion { book(in: books) }
    }

    /// No more come, whatever the reason.
    mutating func end(in books: BatchBooks) {
        if !waiting.isEmpty { book(in: books) }
    }

    private mutating func book(in books: BatchBooks) {
        guard let node else { return }
        let (batch, results, before) = (batch, waiting, booking)
        waiting = []
        booking = Task {
            await before?.value
            await books.book(results, of: batch, from: node)
        }
    }

    /// All that was given is booked.
    func finished() async { await booking?.value }
}
