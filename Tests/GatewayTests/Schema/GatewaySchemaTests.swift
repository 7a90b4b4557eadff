@testable import Gateway
import Storage
import TestSupport
import Testing
import Vocabulary

struct GatewaySchemaTests {
    @Test("migrations are numbered densely and named")
    func numbers() {
        let migrations = GatewaySchema.schema.migrations
        #expect(migrations.map(\.number) == Array(1...migrations.count))
        #expect(migrations.allSatisfy { !$0.title.isEmpty && !$0.statements.isEmpty })
    }

    @Test(
        "the schema itself refuses what breaks a rule",
        arguments: [
            "UPDATE gateway_key SET name = ''", "UPDATE gateway_key SET live_name = NULL", "UPDATE gateway_key SET live_name = 'other'",
            "UPDATE gateway_key SET revoked_at = 1", "UPDATE gateway_key SET hash = x'00'", "UPDATE gateway_key SET prefix = 'sb-'",
            "UPDATE gateway_key SET concurrency = 0", "UPDATE gateway_key SET requests_per_minute = 0",
            "UPDATE gateway_key SET budget_day = -1",
            "UPDATE node SET family = 'google'", "UPDATE node SET auth = 'basic'", "UPDATE node SET priority = 0",
            "UPDATE node SET weight = 0",
            "UPDATE node SET is_enabled = 2", "UPDATE node SET health_method = 'ping'", "UPDATE node SET credential = x'00'",
            "UPDATE node SET url = 'file:///x'", "UPDATE node SET max_concurrency = 0", "UPDATE node SET rate_domain = ''",
            "DELETE FROM node",
            "INSERT INTO node_model VALUES ('01JZZZZZZZZZZZZZZZZZZZZZZZ', 0, 'a', NULL)", "UPDATE node_model SET pattern = ''",
            "UPDATE price_entry SET input = -1", "UPDATE price_entry SET tier_above = -1", "UPDATE gateway_audit SET origin = 'rumour'",
            "UPDATE gateway_audit SET member_id = NULL", "DELETE FROM gateway_audit", "INSERT INTO house_key VALUES (2, x'\(zeros)', 1)",
            "UPDATE house_key SET mark = x'00'",
            "INSERT INTO owned_object (workspace_id, kind, id, node_id, created_at) VALUES ('w', '', 'x', (SELECT id FROM node), 1)",
        ])
    func refuses(sql: String) async throws {
        let world = try await RoomWorld()
        _ = try await world.nodes.create(
            NodeChange(name: "north", url: "https://north.example", models: [.init(match: "a")]), by: world.byAda)
        _ = try await world.keys.create(KeyChange(name: "laptop"), by: world.byAda)
        _ = try await world.prices.add(PriceDraft(match: "a", input: 1, output: 1), by: world.byAda)
        do {
            try await world.database.write { _ = try $0.execute(sql) }
            Issue.record("nothing refused: \(sql)")
        } catch let error as StorageError {
            #expect(error.code == "storage.refused")
        }
    }

    @Test("two active keys, two nodes and two equal prices of one workspace can't share a name, whatever the program does")
    func duplicates() async throws {
        let world = try await RoomWorld()
        for name in ["a", "b"] {
            _ = try await world.north(name)
            _ = try await world.keys.create(KeyChange(name: name), by: world.byAda)
            _ = try await world.prices.add(PriceDraft(match: name, input: 1, output: 1), by: world.byAda)
        }
        for sql in [
            "UPDATE node SET name = 'x'", "UPDATE gateway_key SET name = 'x', live_name = 'x'", "UPDATE price_entry SET pattern = 'x'",
        ] {
            await #expect(throws: StorageError.self) { try await world.database.write { _ = try $0.execute(sql) } }
        }
    }

    @Test(
        "every older schema is brought up to date with its rows, whatever release it was left by (INC-01)",
        arguments: 2..<GatewaySchema.schema.migrations.count)
    func upgrades(from number: Int) async throws {
        let clock = ManualClock()
        let old = Schema(room: "gateway", migrations: Array(GatewaySchema.schema.migrations.prefix(number)))
        let storage = try await TemporaryDatabase.open(schemas: [old], clock: clock)
        try await storage.database.write { connection in
            try connection.execute(
                """
                INSERT INTO gateway_key (id, workspace_id, name, live_name, prefix, hash, scopes, models, created_at, created_by)
                    VALUES ('01JZZZZZZZZZZZZZZZZZZZZZZZ', '01JYYYYYYYYYYYYYYYYYYYYYYY', 'laptop', 'laptop', 'sb-Ab12Cd',
                        x'\(zeros)',
                        'inference', '', 1, 'Ada')
                """)
            try connection.execute(
                """
                INSERT INTO node (id, workspace_id, name, url, family, provider, auth, priority, position, weight, is_enabled, is_draining,
                    health_method, health_model, allow_private, allow_loopback, version, access_version, created_at)
                    VALUES ('01JXXXXXXXXXXXXXXXXXXXXXXX', '01JYYYYYYYYYYYYYYYYYYYYYYY', 'north', 'https://north.example', 'anthropic',
                        'anthropic', 'x-api-key', 1, 0, 100, 1, 0, 'api', 'm', 0, 0, 1, 1, 1)
                """)
        }
        try await Migrator(schemas: [GatewaySchema.schema], logger: .silent, clock: clock, version: "test").migrate(storage.database)
        let house = try await HouseKey.open(setting: nil, directory: storage.directory.path, database: storage.database, clock: clock).key
        let settings = try await GatewaySettings.open(
            database: storage.database, clock: clock, environment: [:], isFirst: { _ in true }, changes: { _ in })
        let nodes = try await Nodes.open(database: storage.database, clock: clock, house: house, settings: settings, logger: .silent)
        #expect(nodes.all.values.flatMap { $0 }.map(\.name) == ["north"])
        let keys = try await GatewayKeys.open(database: storage.database, clock: clock, house: house)
        #expect(keys.active.map(\.name) == ["laptop"])
    }

    private static func nullable(_ table: String) -> String {
        switch TemporaryDatabase.Engine.chosen {
        case .file: "SELECT name FROM pragma_table_info('\(table)') WHERE \"notnull\" = 0 AND pk = 0"
        case .server:
            "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '\(table)' AND is_nullable = 'YES'"
        }
    }

    @Test("every column that may hold nothing is read as nothing, never an error (INC-27)")
    func nulls() async throws {
        let world = try await RoomWorld()
        let node = try await world.nodes.create(
            NodeChange(
                name: "north", url: "https://north.example", credential: .set(NodeCredential(Secret("k"))), maxConcurrency: .set(1),
                models: [.init(match: "a", to: "b")], rateDomain: .set("r"), cacheDomain: .set("c")), by: world.byAda)
        _ = try await world.keys.create(KeyChange(name: "laptop"), by: world.byAda)
        let columns = try await world.database.read { connection in
            try ["gateway_key", "node", "node_model", "gateway_audit_change", "node_health", "node_history"].flatMap { table in
                try connection.rows(Self.nullable(table)).map { (table, try $0.get(0, as: String.self)) }
            }
        }
        #expect(columns.count > 15)
        for (table, column) in columns where column != "live_name" {
            try await world.database.write { _ = try $0.execute("UPDATE \(table) SET \(column) = NULL") }
        }
        #expect(try await world.reopenedNodes().node(node.id, in: world.ada.workspace).maxConcurrency == nil)
        #expect(try await world.reopenedKeys().active.count == 1)
        #expect(try await world.keys.list(of: world.ada.workspace, after: nil, limit: 5).items.count == 1)
        #expect(try await world.audit.list(for: world.ada, after: nil, limit: 5).items.count == 2)
    }
}

/// 32 bytes.
private let zeros = String(repeating: "00", count: 32)
