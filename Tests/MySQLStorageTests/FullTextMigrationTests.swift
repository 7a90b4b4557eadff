#if MySQL
    import MySQLStorage
    import Storage
    import Testing
    import TestSupport

    @Suite("Full-text tables in migrations on a server")
    struct FullTextMigrationTests {
        private struct Cut: Error {}

        private static let schemas = [Spoken.schema]

        @Test("killed before, behind and between the table and its note, the next run goes on to the same end")
        func killed() async throws {
            let boundaries: [MigrationBoundary] = [
                .before(migration: "spoken.0001", statement: 2), .after(migration: "spoken.0001", statement: 2),
                .recorded(migration: "spoken.0001"),
            ]
            for boundary in boundaries {
                let room = try await TestRoom.open(.mysql, [])
                await #expect(throws: Cut.self) {
                    try await TestRoom.migrator(Self.schemas) { if $0 == boundary { throw Cut() } }.migrate(room.database)
                }
                try await TestRoom.migrator(Self.schemas).migrate(room.database)
                let inspection = MySQLInspection(try #require(room.configuration), schemas: Self.schemas)
                let found = try inspection.verify()
                #expect(found.drifts.isEmpty && found.pending.isEmpty, "\(boundary): \(found.drifts.map(\.text))")
                #expect(try inspection.status().landed.last?.adopted == 0)
                try await room.database.write { try Spoken.say(1, ["1xhere"], $0) }
                #expect(try await room.database.read { try Spoken.find(FullTextQuery([.beginning("1xh")]), by: .fullText, $0) } == [1])
            }
        }

        @Test("an index that was dropped and a table that was dropped are missed; one made anew by hand is as good")
        func drift() async throws {
            let room = try await TestRoom.open(.mysql, Self.schemas)
            let (configuration, server) = (try #require(room.configuration), try MariaDBServer.shared())
            let inspection = MySQLInspection(configuration, schemas: Self.schemas)
            try server.execute("DROP INDEX words ON spoken", in: configuration.database)
            let drift = try #require(try inspection.verify().drifts.first)
            #expect(drift.name == "spoken" && drift.isBlocking && drift.expected?.contains("fulltext (words)") == true)
            #expect(drift.found?.contains("fulltext") == false)
            let error = await #expect(throws: MigratorError.self) { try await TestRoom.migrator(Self.schemas).migrate(room.database) }
            #expect(error?.code == "migrator.drifted")
            // An index of the other kind finds nothing.
            try server.execute("CREATE INDEX words ON spoken (words(40))", in: configuration.database)
            #expect(try !inspection.verify().isWell)
            try server.execute(
                "ALTER TABLE spoken DROP INDEX words, ADD FULLTEXT INDEX words (words)", in: configuration.database)
            #expect(try inspection.verify().drifts.isEmpty)
            try await TestRoom.migrator(Self.schemas).migrate(room.database)
            try server.execute("DROP TABLE spoken", in: configuration.database)
            #expect(try inspection.verify().drifts.map { "\($0.kind) \($0.object) \($0.name)" } == ["missing table spoken"])
        }

        @Test("a table made by hand is taken over when it is the same, and refused with both definitions when not")
        func byHand() async throws {
            let server = try MariaDBServer.shared()
            for index in [", FULLTEXT (words)", ""] {
                let room = try await TestRoom.open(.mysql, [])
                let configuration = try #require(room.configuration)
                try server.execute(
                    "CREATE TABLE spoken (`rowid` BIGINT NOT NULL PRIMARY KEY, words LONGTEXT NOT NULL\(index))", in: configuration.database
                )
                guard index.isEmpty else {
                    try await TestRoom.migrator(Self.schemas).migrate(room.database)
                    #expect(try MySQLInspection(configuration, schemas: Self.schemas).status().landed.last?.adopted == 1)
                    continue
                }
                let error = await #expect(throws: MigratorError.self) { try await TestRoom.migrator(Self.schemas).migrate(room.database) }
                guard case .inTheWay("spoken.0001", 2, let drift)? = error else { Issue.record("\(String(describing: error))"); return }
                #expect(drift.name == "spoken" && drift.expected?.contains("fulltext (words)") == true)
            }
        }
    }
#endif
