#if MySQL
    import Desk
    import Fleet
    import Gateway
    import MySQLStorage
    import People
    import Storage
    import Synchronization
    import Testing
    import TestSupport
    import Vocabulary

    @Suite("Migrations on a server")
    struct MySQLMigrationTests {
        static let house = [FleetRoom.schema, PeopleRoom.schema, DeskRoom.schema, GatewayRoom.schema]

        private struct Cut: Error {}

        @Test("the whole house is made from nothing, is what it should be, and a second run finds nothing to do")
        func fromNothing() async throws {
            let room = try await TestRoom.open(.mysql, Self.house)
            let inspection = MySQLInspection(try #require(room.configuration), schemas: Self.house)
            let found = try inspection.verify()
            #expect(found.drifts.isEmpty, "\(found.drifts.map(\.text).joined(separator: "\n"))")
            #expect(found.isWell && found.pending.isEmpty)
            let status = try inspection.status()
            #expect(status.chain == "whole" && status.pending.isEmpty && status.landed.count == Self.steps.count)
            #expect(status.landed.allSatisfy { $0.adopted == 0 })
            #expect(try await TestRoom.migrator(Self.house).migrate(room.database).isEmpty)
            #expect(try await room.database.read { try Epoch.read($0) }.text.utf8.count == 32)
        }

        @Test("from every older head of every room the house comes to the next one, and each is what it should be")
        func fromOlderHeads() async throws {
            for schema in Self.house {
                let room = try await TestRoom.open(.mysql, [Schema(room: schema.room, migrations: Array(schema.migrations.prefix(1)))])
                for count in 1...max(1, schema.migrations.count) {
                    let older = [Schema(room: schema.room, migrations: Array(schema.migrations.prefix(count)))]
                    let ran = try await TestRoom.migrator(older).migrate(room.database)
                    #expect(ran.count == (count == 1 ? 0 : 1), "\(schema.room) \(count)")
                    let found = try MySQLInspection(try #require(room.configuration), schemas: older).verify()
                    #expect(found.drifts.isEmpty, "\(schema.room) \(count): \(found.drifts.map(\.text).joined(separator: "\n"))")
                }
                try await room.database.close()
            }
        }

        @Test("tries that were rows become the text of their request")
        func rowsBecomeText() async throws {
            let older = Self.house.map { $0.room == "gateway" ? Schema(room: "gateway", migrations: Array($0.migrations.prefix(13))) : $0 }
            let (mysql, sqlite) = (try await TestRoom.open(.mysql, older), try await TestRoom.open(.sqlite, older))
            var found: [[[SQLValue]]] = []
            for room in [mysql, sqlite] {
                try await room.database.write { connection in
                    for id in 1...3 {
                        try connection.execute(
                            """
                            INSERT INTO gateway_request (id, workspace_id, operation, model, is_stream, status, attempts, is_unpriced, flags,
                                agent, address) VALUES (?, 'W', 'messages', 'm', 0, 'completed', 2, 0, 0, '', '')
                            """, "01ARZ3NDEKTSV4RRFFQ69G5FA\(id)")
                    }
                    for (number, model) in [(2, "m"), (1, "x:;%y")] {
                        try connection.execute(
                            """
                            INSERT INTO gateway_attempt (request_id, number, node_id, mapped_model, at, certainty, outcome, http_status, ms,
                                is_charge_suspected, is_node_fault) VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FA2', ?, 'N', ?, 7, 'sure', 'a;b', NULL, 5, 1, ?)
                            """, number, model, number == 1)
                    }
                }
                try await TestRoom.migrator(Self.house).migrate(room.database)
                found.append(
                    try await room.database.read { connection in
                        try connection.rows("SELECT id, tries FROM gateway_request ORDER BY id").map(\.values)
                            + connection.rows("SELECT facet, value, span FROM gateway_request_span ORDER BY facet, value").map(\.values)
                    })
            }
            #expect(found.first == found.last && found.first?.count ?? 0 > 5)
        }

        @Test("a run that ends at any boundary is finished by the next one")
        func killedAnywhere() async throws {
            let boundaries = Mutex(0)
            let whole = try await TestRoom.open(.mysql, [])
            try await TestRoom.migrator(Self.house) { _ in boundaries.withLock { $0 += 1 } }.migrate(whole.database)
            let expected = try MySQLInspection(try #require(whole.configuration), schemas: Self.house).verify().found
            // Every run goes on where the last one was cut, so that one database sees all boundaries.
            let room = try await TestRoom.open(.mysql, [])
            var cuts = 0
            while true {
                let passed = Mutex(0)
                do {
                    // The first, second or third boundary from where it goes on: what was begun there is decided by the next run.
                    let allowed = 1 + cuts % 3
                    try await TestRoom.migrator(Self.house) { boundary in
                        let number = passed.withLock {
                            $0 += 1; return $0
                        }
                        if boundary != .begun, number > allowed { throw Cut() }
                    }.migrate(room.database)
                    break
                } catch is Cut {
                    cuts += 1
                } catch MigratorError.stopped {
                    cuts += 1
                }
                try #require(cuts < 1_000)
            }
            #expect(cuts > boundaries.withLock { $0 } / 4)
            let inspection = MySQLInspection(try #require(room.configuration), schemas: Self.house)
            #expect(try inspection.verify().drifts.isEmpty)
            #expect(try inspection.verify().found == expected)
            #expect(try inspection.status().landed.count == Self.steps.count)
            let left = try await room.database.read { try $0.row("SELECT COUNT(*) FROM schema_journal")?.get(0, as: Int.self) }
            #expect(left == 0)
        }

        @Test("of several instances that start at once one migrates and the others wait for it")
        func together() async throws {
            let server = try MariaDBServer.shared()
            let configuration = TestRoom.configuration(server, try server.makeDatabase())
            let ran = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        let database = try await MySQLDatabase.open(configuration, logger: .silent)
                        let ran = try await TestRoom.migrator(Self.house).migrate(database)
                        try await database.close()
                        return ran.count
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(ran.sorted() == [0, 0, Self.steps.count])
        }

        @Test("what was made by hand is taken over when it is the same, and refused with both definitions when not")
        func byHand() async throws {
            let first = Migration(1, "shops", ["CREATE TABLE shop (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40))"])
            let second = Migration(
                2, "colours", ["ALTER TABLE shop ADD COLUMN colour TEXT", "CREATE INDEX shop_by_name ON shop (name)"])
            let before = [Schema(room: "shops", migrations: [first])]
            let after = [Schema(room: "shops", migrations: [first, second])]
            let server = try MariaDBServer.shared()
            let same = try await TestRoom.open(.mysql, before)
            try server.execute("ALTER TABLE shop ADD colour LONGTEXT", in: try #require(same.configuration).database)
            try await TestRoom.migrator(after).migrate(same.database)
            let status = try MySQLInspection(try #require(same.configuration), schemas: after).status()
            #expect(status.landed.last?.adopted == 1)

            let other = try await TestRoom.open(.mysql, before)
            try server.execute("ALTER TABLE shop ADD colour BIGINT", in: try #require(other.configuration).database)
            let error = await #expect(throws: MigratorError.self) { try await TestRoom.migrator(after).migrate(other.database) }
            guard case .inTheWay("shops.0002", 1, let drift)? = error else { Issue.record("\(String(describing: error))"); return }
            #expect(drift.expected == "longtext" && drift.found == "bigint")
        }

        @Test("a schema that is not what its history makes stops a start and is told by verify; what is extra is left alone")
        func drift() async throws {
            let room = try await TestRoom.open(.mysql, Self.house)
            let configuration = try #require(room.configuration)
            let server = try MariaDBServer.shared()
            try server.execute(
                "CREATE TABLE mine (x INT); ALTER TABLE shop ADD mine TEXT; CREATE INDEX mine ON shop (name)", in: configuration.database)
            try await TestRoom.migrator(Self.house).migrate(room.database)
            let inspection = MySQLInspection(configuration, schemas: Self.house)
            #expect(try inspection.verify().isWell)
            try server.execute("DROP INDEX shop_by_workspace ON shop; ALTER TABLE shop MODIFY name VARCHAR(10)", in: configuration.database)
            let names = try inspection.verify().drifts.filter(\.isBlocking).map(\.name)
            // MODIFY forgets the CHECK as well.
            #expect(names == ["shop.name", "shop", "shop_by_workspace"])
            let error = await #expect(throws: MigratorError.self) { try await TestRoom.migrator(Self.house).migrate(room.database) }
            #expect(error?.code == "migrator.drifted")
        }

        @Test("the plan says what would run")
        func plan() async throws {
            let server = try MariaDBServer.shared()
            let configuration = TestRoom.configuration(server, try server.makeDatabase())
            let report = try MySQLInspection(configuration, schemas: Self.house).plan()
            #expect(report.pending.count == Self.steps.count && report.rehearsal == nil)
            #expect(report.database == "mysql://house@127.0.0.1:\(server.port)/\(configuration.database)")
            #expect(try server.execute("SHOW TABLES", in: configuration.database).isEmpty)
        }

        private static let steps = ([.storage] + house).flatMap(\.migrations)
    }
#endif
