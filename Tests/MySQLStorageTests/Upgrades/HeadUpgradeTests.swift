#if MySQL
    import Fleet
    import Desk
    import Gateway
    import MySQLStorage
    import People
    import Storage
    import Testing
    import TestSupport

    /// A database that stood at any head of any room, with rows as that head knew them, is brought to the newest with everything in it.
    @Suite("Upgrades with data", .timeLimit(.minutes(4)))
    struct HeadUpgradeTests {
        private static let rooms = [FleetRoom.schema, PeopleRoom.schema, DeskRoom.schema, GatewayRoom.schema].map(\.room)
        private static let cases = Engine.allCases.flatMap { engine in rooms.map { (engine, $0) } }

        private static func schema(_ room: String) throws -> Schema {
            try #require([FleetRoom.schema, PeopleRoom.schema, DeskRoom.schema, GatewayRoom.schema].first { $0.room == room })
        }

        @Test("step by step from the first head on, filled at each: nothing is lost, and both engines come to the same", arguments: cases)
        func everyStep(_ engine: Engine, _ name: String) async throws {
            let schema = try Self.schema(name)
            var world = try UpgradeWorld(try await TestRoom.open(engine, []), schema, seed: 7)
            for count in 1...schema.migrations.count { try await world.advance(to: count) }
            try await world.room.database.close()
        }

        @Test("from each head to the newest at once", arguments: cases)
        func atOnce(_ engine: Engine, _ name: String) async throws {
            let schema = try Self.schema(name)
            // On the server each takes seconds, and runs the same steps as above.
            let stride = stride(from: 1, to: schema.migrations.count, by: engine == .mysql ? 9 : 1)
            for first in stride {
                var world = try UpgradeWorld(try await TestRoom.open(engine, []), schema, seed: UInt64(first))
                try await world.advance(to: first)
                try await world.advance(to: schema.migrations.count)
                try await world.room.database.close()
            }
        }
    }

    /// A database of one room, and beside it in memory what it should be.
    private struct UpgradeWorld {
        /// Tables that a later head dissolves, and whose rows are compared in their new place.
        private static let dissolved: Set<String> = ["gateway_attempt", "resource_owner"]

        let room: TestRoom
        let schema: Schema
        var seeded: SeededRows
        var count = 0

        init(_ room: TestRoom, _ schema: Schema, seed: UInt64) throws {
            (self.room, self.schema) = (room, schema)
            seeded = try SeededRows(seed: seed)
        }

        mutating func advance(to next: Int) async throws {
            let before = try await content()
            let columns = try columnNames()
            for migration in schema.migrations[count..<next] { try seeded.apply(migration) }
            try await TestRoom.migrator(heads(next)).migrate(room.database)
            count = next
            try await compare(before, columns)
            let added = try seeded.fill()
            try await room.database.write { connection in
                for row in added { try connection.execute(row.sql, row.values) }
            }
            try await compareWithMemory("filled at \(next)")
            try verify()
        }

        private func heads(_ count: Int) -> [Schema] {
            [Schema(room: schema.room, migrations: Array(schema.migrations.prefix(count)))]
        }

        /// What was there is there, as it was.
        private func compare(_ before: [String: [String]], _ columns: [String: [String]]) async throws {
            let tables = Set(try seeded.tables())
            for (table, rows) in before {
                guard tables.contains(table) else {
                    #expect(Self.dissolved.contains(table), "\(table) is gone")
                    continue
                }
                let names = columns[table] ?? []
                let found = try await room.database.read { try SeededRows.content(table, names, on: $0) }
                #expect(found == rows, "\(schema.room) \(count): \(table)")
            }
            try await compareWithMemory("upgraded to \(count)")
        }

        private func compareWithMemory(_ moment: String) async throws {
            for (table, names) in try columnNames() {
                let found = try await room.database.read { try SeededRows.content(table, names, on: $0) }
                let wanted = try SeededRows.content(table, names, on: seeded.memory)
                #expect(found == wanted, "\(schema.room), \(moment): \(table)")
            }
        }

        /// The schema is the one that a new database has.
        private func verify() throws {
            if let configuration = room.configuration {
                let found = try MySQLInspection(configuration, schemas: heads(count)).verify()
                #expect(found.drifts.isEmpty, "\(schema.room) \(count): \(found.drifts.map(\.text))")
            } else {
                let found = try SchemaShape.read(SQLiteFile(room.database.place, .readOnly))
                let drifts = found.drift(from: try ExpectedSchema.make(Migrator.withStorage(heads(count))))
                #expect(drifts.isEmpty, "\(schema.room) \(count): \(drifts.map(\.text))")
            }
        }

        private func columnNames() throws -> [String: [String]] {
            Dictionary(uniqueKeysWithValues: try seeded.tables().map { ($0, try seeded.columns(of: $0)) })
        }

        private func content() async throws -> [String: [String]] {
            let names = try columnNames()
            return try await room.database.read { connection in
                try names.reduce(into: [:]) { $0[$1.key] = try SeededRows.content($1.key, $1.value, on: connection) }
            }
        }
    }
#endif
