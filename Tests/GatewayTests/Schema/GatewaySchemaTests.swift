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
            "UPDATE gateway_audit SET member_id = NULL", "DELETE FROM gateway_audit", "INSERT INTO house_key VALUES (2, zeroblob(32), 1)",
            "UPDATE house_key SET mark = x'00'", "INSERT INTO resource_owner VALUES ('w', 'cake', 'x', (SELECT id FROM node), 1)",
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
}
