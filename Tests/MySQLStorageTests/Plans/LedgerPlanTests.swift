#if MySQL
    @testable import Gateway
    import Routing
    import Storage
    import Testing
    import TestSupport
    import Vocabulary

    /// The ledger is the table that grows fastest: what is asked of it may not cost more for what it holds.
    @Suite("The gateway's statements find their rows by an index on a server", .timeLimit(.minutes(3)))
    struct LedgerPlanTests {
        private static let time = Timestamp(milliseconds: 1_795_248_000_000)
        private static let hour = time.milliseconds / 3_600_000 * 3_600_000
        private static let workspace = WorkspaceID.make(at: time)
        /// Thirty requests in each span of time; their ids rise as those of the rows.
        private static let request = "CONCAT('01K', LPAD(seq DIV 30, 4, '0'), LPAD(seq, 19, '0'))"
        private static let key = "CONCAT('01K', LPAD(seq % 10 + 1, 23, '0'))"

        private static func world() async throws -> WatchedDatabase {
            let room = try await TestRoom.open(on: .shared(), [GatewayRoom.schema])
            let rows = try BulkRows(room)
            try rows.fill(
                "gateway_request",
                [
                    "id": request, "workspace_id": "'\(workspace)'", "key_id": key, "operation": "'messages'",
                    "model": "IF(seq % 4 = 0, 'claude-haiku-4-5', 'claude-opus-5')", "is_stream": "1",
                    "status": "IF(seq % 1000 = 0, 'open', 'completed')", "node_id": key, "attempts": "1", "is_unpriced": "1", "flags": "0",
                    "agent": "''", "address": "''", "tries": "''",
                ])
            for (facet, value) in [("all", "''"), ("key", "key_id"), ("node", "node_id"), ("model", "model"), ("status", "status")] {
                try rows.server.execute(
                    """
                    INSERT INTO gateway_request_span (workspace_id, facet, value, span)
                        SELECT DISTINCT workspace_id, '\(facet)', \(value), SUBSTR(id, 1, 7) FROM gateway_request
                            WHERE '\(facet)' <> 'status' OR status <> 'open'
                    """, in: rows.name)
            }
            try rows.server.execute("ANALYZE TABLE gateway_request_span", in: rows.name)
            let figures = [
                "requests", "failures", "cancelled", "refused", "attempts", "node_faults", "input_tokens", "output_tokens",
                "cache_read_tokens", "cache_write_tokens", "cost", "unpriced",
            ].joined(separator: ", ")
            try rows.server.execute(
                """
                INSERT INTO gateway_hour (workspace_id, hour, key_id, node_id, model, served_model, \(figures))
                    SELECT '\(workspace)', \(hour) + (seq DIV 10) * 3600000, \(key), \(key), 'm', 'm', 1, 0, 0, 0, 1, 0, 5, 5, 0, 0, 7, 0
                        FROM seq_1_to_\(BulkRows.count); ANALYZE TABLE gateway_hour;
                SET foreign_key_checks = 0;
                INSERT INTO owned_object (workspace_id, kind, id, node_id, key_id, created_at, held)
                    SELECT '\(workspace)', IF(seq % 100 = 0, 'batch', 'responses'), CONCAT('o', seq), \(key), \(key), \(hour) + seq, 1
                        FROM seq_1_to_\(BulkRows.count); ANALYZE TABLE owned_object;
                INSERT INTO gateway_key (id, workspace_id, name, live_name, prefix, hash, scopes, models, created_at, created_by)
                    SELECT \(BulkRows.id), '\(workspace)', seq, seq, 'sb-123456', UNHEX(SHA2(seq, 256)), 'all', '', seq, ''
                        FROM seq_1_to_\(BulkRows.count); ANALYZE TABLE gateway_key
                """, in: rows.name)
            return WatchedDatabase(room.database)
        }

        private func few(
            _ what: String, _ most: Int, _ database: WatchedDatabase, _ body: @escaping @Sendable (any SQLConnection) throws -> Int,
            found: Int? = nil
        ) async throws {
            let looks = try await database.watching {
                let count = try await database.write { try body($0) }
                if let found { #expect(count == found, "\(what)") }
            }
            #expect(!looks.isEmpty, "\(what)")
            #expect(looks.reduce(0) { $0 + $1.rows } <= most, "\(what): \(looks)")
        }

        @Test("a page of requests, whatever is asked for, from the top and from within")
        func requests() async throws {
            let database = try await Self.world()
            let key = try #require(KeyID(BulkRows.id(5)))
            let node = try #require(NodeID(BulkRows.id(5)))
            // What a page goes through: its rows with their key and node, and what else came in within its spans of thirty.
            let filters: [(String, RequestFilter, Int, Int)] = [
                ("all", RequestFilter(), 50, 400), ("model", RequestFilter(model: "claude-haiku-4-5"), 50, 700),
                ("status", RequestFilter(status: .completed), 50, 400), ("key", RequestFilter(key: key), 50, 1_400),
                ("node", RequestFilter(node: node), 50, 1_400), ("both", RequestFilter(key: key, model: "claude-opus-5"), 50, 1_800),
                ("one", RequestFilter(id: ULID("01K0003" + String(repeating: "0", count: 16) + "100")), 1, 8),
                ("open", RequestFilter(status: .open), 6, 40),
            ]
            for (name, filter, found, most) in filters {
                try await few(
                    name, most, database,
                    { try RequestQuery(filter, before: nil, workspace: Self.workspace).rows(limit: 50, on: $0).count }, found: found)
            }
            let middle = try #require(ULID("01K0100" + String(repeating: "0", count: 15) + "3000"))
            try await few(
                "from within", 500, database,
                { try RequestQuery(RequestFilter(), before: middle, workspace: Self.workspace).rows(limit: 50, on: $0).count }, found: 50)
        }

        @Test("what is open is found among all that is closed, by whomever looks every few seconds")
        func open() async throws {
            let database = try await Self.world()
            let journal = try #require(JournalID(BulkRows.id(1)))
            try await few("of no journal", 20, database, { try LedgerStore.unownedRequests(limit: 200, on: $0).count }, found: 6)
            try await few("of a journal", 20, database, { try LedgerStore.openRequests(of: journal, on: $0).count }, found: 0)
        }

        @Test("a day of figures, the keys, what batches hold, and what is forgotten by age")
        func others() async throws {
            let database = try await Self.world()
            let key = try #require(KeyID(BulkRows.id(5)))
            let from = Timestamp(milliseconds: Self.hour) + .seconds(200 * 3_600)
            let day = HourQuery(workspace: Self.workspace, from: from, to: from + .seconds(86_400))
            try await few("a day's sum", 400, database) { try Int(day.total(on: $0).cost) }
            // Sorted and summed once more.
            try await few("a day by key", 1_000, database) { try day.groups("key_id", on: $0).count }
            try await few("a key", 4, database, { try KeyStore.key(key, in: Self.workspace, on: $0) == nil ? 0 : 1 }, found: 1)
            try await few("by name", 4, database, { try KeyStore.key(named: "5", in: Self.workspace, on: $0) == nil ? 0 : 1 }, found: 1)
            try await few(
                "what batches hold", 200, database,
                { try ResourceOwners.holds(of: nil, since: Timestamp(milliseconds: 0), on: $0).count }, found: BulkRows.count / 100)
            let old = Timestamp(milliseconds: ULID("01K00100000000000000000000")?.time.milliseconds ?? 0)
            try await few("old requests", 1_000, database, { try LedgerStore.forgetRequests(before: old, limit: 100, on: $0) }, found: 100)
            try await few("old spans", 400, database) { try LedgerStore.forgetSpans(before: old, limit: 100, on: $0) }
        }
    }
#endif
