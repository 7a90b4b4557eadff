import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// A ledger that an earlier release wrote.
@Suite struct LedgerSpansMigrationTests {
    private static let workspace = "01KA0000000000000000000001"
    private static let (key, north, south) = ("01KA0000000000000000000002", "01KA0000000000000000000003", "01KA0000000000000000000004")

    /// As the release before wrote it: an open request, one that two nodes tried, one without usage, and a refusal of nobody known.
    private static let old = [
        """
        INSERT INTO gateway_request (id, workspace_id, key_id, operation, model, mapped_model, is_stream, status, http_status, node_id, attempts,
            duration_ms, input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, web_searches, cost,
            is_unpriced, price_lines, flags, agent, address) VALUES
            ('01KAJ000000000000000000001', '\(workspace)', '\(key)', 'messages', 'sonnet', NULL, 1, 'open', NULL, NULL, 0, NULL, NULL, NULL, NULL,
                NULL, NULL, NULL, NULL, 0, NULL, 0, 'a', 'b'),
            ('01KAJ000000000000000000002', '\(workspace)', '\(key)', 'messages', 'sonnet', 'a:b;c', 1, 'completed', 200, '\(south)', 2, 9, 10, 20,
                0, 0, 0, 0, 90, 0, 'input:10:3000000000:30;output:20:3000000000:60', 0, 'a', 'b'),
            ('01KAK000000000000000000003', '\(workspace)', '\(key)', 'messages', 'haiku', NULL, 1, 'failed', 502, NULL, 0, 9, NULL, NULL, NULL,
                NULL, NULL, NULL, NULL, 0, NULL, 0, 'a', 'b'),
            ('01KAK000000000000000000004', NULL, NULL, 'messages', 'haiku', NULL, 0, 'refused', 401, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL,
                NULL, NULL, 0, NULL, 0, 'a', 'b')
        """,
        """
        INSERT INTO gateway_attempt (request_id, number, node_id, mapped_model, at, certainty, outcome, http_status, ms, is_charge_suspected,
            is_node_fault) VALUES
            ('01KAJ000000000000000000002', 2, '\(south)', 'a:b;c', 1700, 'completed', 'completed', 200, 5, 0, 0),
            ('01KAJ000000000000000000002', 1, '\(north)', 'sonnet', 1600, 'rejected', 'odd%;:', NULL, NULL, 1, 1),
            ('01KAJ000000000000000000001', 1, '\(north)', 'sonnet', 1500, NULL, NULL, NULL, NULL, 0, 0)
        """,
        """
        INSERT INTO gateway_hour (workspace_id, hour, key_id, node_id, model, served_model, requests, failures, cancelled, refused, attempts,
            node_faults, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost, unpriced)
            VALUES ('\(workspace)', 1763200800000, '\(key)', '\(south)', 'sonnet', 'a:b;c', 1, 0, 0, 0, 1, 0, 10, 20, 0, 0, 90, 0)
        """,
    ]

    private static func migrated() async throws -> (Usage, TemporaryDatabase) {
        let migrations = GatewaySchema.schema.migrations
        let before = Array(migrations.prefix { $0.number < 14 })
        let storage = try await TemporaryDatabase.open(schemas: [.storage, Schema(room: "gateway", migrations: before)])
        try await storage.database.write { connection in for sql in Self.old { try connection.execute(sql) } }
        let migrator = Migrator(schemas: [.storage, GatewaySchema.schema], logger: .silent, clock: ManualClock(), version: "test")
        try await migrator.migrate(storage.database)
        return (Usage(database: storage.database, pricing: FixedPricing()), storage)
    }

    @Test("Its requests are found by every question, with their tries as they were")
    func lists() async throws {
        let (usage, storage) = try await Self.migrated()
        let workspace = try #require(WorkspaceID(Self.workspace))
        let ids = { (filter: RequestFilter) in
            try await usage.requests(filter, after: nil, limit: 9, in: workspace).items.map { String($0.id.description.suffix(1)) }.joined()
        }
        #expect(try await ids(RequestFilter()) == "321")
        #expect(try await ids(RequestFilter(key: KeyID(Self.key))) == "321")
        #expect(try await ids(RequestFilter(node: NodeID(Self.south))) == "2")
        #expect(try await ids(RequestFilter(model: "sonnet")) == "21")
        #expect(try await ids(RequestFilter(status: .failed)) == "3")
        #expect(try await ids(RequestFilter(status: .open)) == "1")
        let id = try #require(ULID("01KAJ000000000000000000002"))
        let tries = try await usage.request(id, in: workspace).tries
        #expect(tries.map(\.number) == [1, 2] && tries.map(\.node.id.description) == [Self.north, Self.south])
        #expect(tries.map(\.mappedModel) == ["sonnet", "a:b;c"] && tries.map(\.outcome) == ["odd%;:", "completed"])
        #expect(tries.map(\.httpStatus) == [nil, 200] && tries.map(\.milliseconds) == [nil, 5])
        #expect(tries.map(\.isChargeSuspected) == [true, false] && tries.map(\.isNodeFault) == [true, false])
        #expect(tries.map(\.at.milliseconds) == [1_600, 1_700])
        let isThere = try? await storage.database.read { try $0.row("SELECT COUNT(*) FROM gateway_attempt") }
        #expect(isThere == nil, "its rows have moved")
    }

    @Test("What was open in it is interrupted at the next start, with its try, and the old days can be forgotten")
    func goesOn() async throws {
        let (usage, storage) = try await Self.migrated()
        let workspace = try #require(WorkspaceID(Self.workspace))
        let (folder, clock) = (try TemporaryDirectory(), ManualClock())
        let ledger = try await Ledger.open(
            folder: folder.path + "/ledger", database: storage.database, limits: .init(segment: 64 << 10), clock: clock, logger: .silent)
        let service = LedgerService(
            ledger, database: storage.database, pricing: FixedPricing(), historyDays: { 30 }, logger: .silent)
        try await service.recover()
        let found = try await usage.requests(RequestFilter(status: .interrupted), after: nil, limit: 9, in: workspace).items
        #expect(found.map(\.attempts) == [1])
        let id = try #require(found.first?.id)
        #expect(try await usage.request(id, in: workspace).tries.map(\.outcome) == ["interrupted"])
        clock.advance(by: .seconds(400 * 86_400))
        try await service.forget()
        let left = try await storage.database.read { connection in
            try ["gateway_request", "gateway_request_span"].map { table in
                try connection.row("SELECT COUNT(*) FROM \(table)")?.get(0, as: Int.self)
            }
        }
        #expect(left == [0, 0])
    }
}
