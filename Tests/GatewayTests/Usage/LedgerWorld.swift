import Foundation
import Logging
import Routing
import Storage
import Synchronization
import TestSupport
import Vocabulary

@testable import Gateway

/// Workspace Lantern with keys of Ada and Bo and the nodes north and south; another workspace, Anvil. A real database and a real journal.
final class LedgerWorld: Sendable {
    let clock = ManualClock()
    let storage: TemporaryDatabase
    let journals: TemporaryDirectory
    let prices = FixedPricing()
    let lantern: WorkspaceID
    let anvil: WorkspaceID
    let ada: KeyID
    let bo: KeyID
    let north: NodeID
    let south: NodeID
    let limits: LedgerJournal.Limits
    private let last = Mutex<LedgerJournal?>(nil)

    init(limits: LedgerJournal.Limits = LedgerJournal.Limits(segment: 64 << 10)) async throws {
        storage = try await TemporaryDatabase.open(schemas: [.storage, GatewaySchema.schema], clock: clock)
        journals = try TemporaryDirectory()
        (lantern, anvil) = (.make(at: clock.now()), .make(at: clock.now()))
        (ada, bo, north, south) = (.make(at: clock.now()), .make(at: clock.now()), .make(at: clock.now()), .make(at: clock.now()))
        self.limits = limits
    }

    var folder: String { journals.path + "/ledger" }
    var database: any HouseDatabase { storage.database }
    var usage: Usage { Usage(database: database, pricing: prices) }

    /// A run of the process: its journal begins behind those of earlier runs.
    func start(logger: Logger = .silent) async throws -> LedgerRun {
        // A process that is gone makes no files any more; here it would go on preparing its next segment.
        await last.withLock { $0 }?.sync()
        let ledger = try await Ledger.open(folder: folder, database: database, limits: limits, clock: clock, logger: logger)
        last.withLock { $0 = ledger.journal }
        return LedgerRun(ledger: ledger, mover: LedgerMover(ledger: ledger, database: database, pricing: prices, logger: logger))
    }

    func opening(_ model: String = "sonnet", by key: KeyID? = nil, at time: Timestamp? = nil, in workspace: WorkspaceID? = nil)
        -> RequestOpening
    {
        RequestOpening(
            id: .make(at: time ?? clock.now()), workspace: workspace ?? lantern, key: key ?? ada, operation: "messages", model: model,
            isStream: true, client: ClientFacts(agent: "claude-cli/2.1", address: "192.0.2.7", session: "s1"))
    }

    /// A request that one node answered.
    @discardableResult
    func completed(
        _ run: LedgerRun, _ opening: RequestOpening? = nil, node: NodeID? = nil,
        usage: PricedTokens? = PricedTokens(input: 1_000, output: 200),
        mappedModel: String? = nil
    ) throws -> ULID {
        let opening = opening ?? self.opening()
        let node = node ?? north
        let entry = try run.ledger.openRequest(opening)
        try entry.openAttempt(AttemptOpening(number: 1, node: node, mappedModel: mappedModel ?? opening.model))
        entry.endAttempt(AttemptEnding(number: 1, certainty: .completed, outcome: "completed", httpStatus: 200, milliseconds: 900))
        entry.close(
            RequestClosing(
                status: .completed, httpStatus: 200, attempts: 1, firstByteMilliseconds: 120, durationMilliseconds: 910, usage: usage,
                node: node, mappedModel: mappedModel))
        return opening.id
    }

    /// All rows and all hourly sums, for comparing.
    func sums() async throws -> (rows: UsageFigures, hours: UsageFigures, attempts: Int64, statuses: [String: Int64]) {
        try await database.read { connection in
            var rows = UsageFigures()
            let row = try connection.row(
                """
                SELECT COALESCE(SUM(status IN ('completed', 'failed', 'cancelled', 'interrupted')), 0),
                    COALESCE(SUM(status IN ('failed', 'interrupted')), 0), COALESCE(SUM(status = 'cancelled'), 0),
                    COALESCE(SUM(status = 'refused'), 0), COALESCE(SUM(input_tokens), 0), COALESCE(SUM(output_tokens), 0),
                    COALESCE(SUM(cache_read_tokens), 0), COALESCE(SUM(cache_write_5m_tokens + cache_write_1h_tokens), 0),
                    COALESCE(SUM(cost), 0), COALESCE(SUM(is_unpriced), 0) FROM gateway_request
                """)
            if let row {
                rows.requests = try row.get(0)
                rows.failures = try row.get(1)
                rows.cancelled = try row.get(2)
                rows.refused = try row.get(3)
                rows.inputTokens = try row.get(4)
                rows.outputTokens = try row.get(5)
                rows.cacheReadTokens = try row.get(6)
                rows.cacheWriteTokens = try row.get(7)
                rows.cost = try row.get(8)
                rows.unpriced = try row.get(9)
            }
            let sums = UsageFigures.columns.map { "COALESCE(SUM(\($0)), 0)" }.joined(separator: ", ")
            let hours = try connection.row("SELECT \(sums) FROM gateway_hour").map { try UsageFigures($0, from: 0) } ?? UsageFigures()
            let attempts: Int64 =
                try connection.row(
                    """
                    SELECT COALESCE(SUM(CASE WHEN tries = '' THEN 0 ELSE 1 + length(tries) - length(replace(tries, ';', '')) END), 0)
                        FROM gateway_request
                    """)?.get(0) ?? -1
            let counts = try connection.rows("SELECT status, COUNT(*) FROM gateway_request GROUP BY status")
            let statuses: [String: Int64] = try counts.reduce(into: [:]) { $0[try $1.get(0)] = try $1.get(1) }
            return (rows, hours, attempts, statuses)
        }
    }
}

/// One run of the process.
struct LedgerRun: Sendable {
    let ledger: Ledger
    let mover: LedgerMover

    func move() async throws { try await mover.move() }
}

/// So many nano-dollars per million tokens, whatever the kind.
final class FixedPricing: UsagePricing {
    private let rates = Mutex<[String: Int64]>(["sonnet": 3_000_000_000, "haiku": 1_000_000_000])

    func set(_ rate: Int64?, for model: String) {
        rates.withLock { $0[model] = rate }
    }

    func bill(
        _ tokens: PricedTokens, model: String, workspace: WorkspaceID, at time: Timestamp, tier: PriceTier, geo: String?
    ) -> [PriceLine]? {
        guard let rate = rates.withLock({ $0[model] }) else { return nil }
        return [(TokenKind.input, tokens.prompt), (.output, tokens.output)].map { kind, count in
            PriceLine(kind: kind, tokens: count, perMillion: rate, cost: Int64(clamping: Int128(count) * Int128(rate) / 1_000_000))
        }
    }
}
