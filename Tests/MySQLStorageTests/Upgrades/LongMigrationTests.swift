#if MySQL
    @testable import MySQLStorage
    import Storage
    import Testing
    import TestSupport
    import Vocabulary

    @Suite("Migrations that take long on a server", .timeLimit(.minutes(3)))
    struct LongMigrationTests {
        private static let first = Migration(
            1, "shops",
            [
                "CREATE TABLE shop (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40))",
                "CREATE TABLE total (id BIGINT NOT NULL PRIMARY KEY, shops BIGINT NOT NULL)",
            ])

        private static func schemas(_ statements: String...) -> [Schema] {
            [Schema(room: "shops", migrations: [first, Migration(2, "more", statements)])]
        }

        private static func filled(_ count: Int, _ change: (inout MySQLConfiguration) -> Void = { _ in }) async throws -> TestRoom {
            let room = try await TestRoom.open(on: .shared(), [Schema(room: "shops", migrations: [first])], change: change)
            try await room.database.write { connection in
                for id in 0..<count { try connection.execute("INSERT INTO shop (id, name) VALUES (?, 'Lantern')", id) }
            }
            return room
        }

        private static func migrator(_ schemas: [Schema], progress: @escaping @Sendable () -> Void = {}) -> Migrator {
            Migrator(schemas: schemas, logger: .silent, clock: ManualClock(), version: "test", progress: progress)
        }

        @Test("a statement may take longer than an answer usually may, and gives signs of life meanwhile")
        func slow() async throws {
            let room = try await Self.filled(420) { $0.ioTimeout = .seconds(1) }
            let signs = Recorder<ContinuousClock.Instant>()
            let schemas = Self.schemas(
                "INSERT INTO total (id, shops) SELECT 1, COUNT(*) FROM shop a, shop b, shop c WHERE a.id + b.id + c.id >= 0")
            let began = ContinuousClock.now
            #expect(try await Self.migrator(schemas) { signs.note(.now) }.migrate(room.database) == ["shops.0002"])
            let took = ContinuousClock.now - began
            #expect(try await room.database.read { try $0.row("SELECT shops FROM total")?.get(0) } == 420 * 420 * 420)
            try #require(took > .seconds(3), "the machine is too quick for this test: \(took)")
            // One about every two seconds, besides those of the steps themselves.
            let during = signs.entries.filter { $0 > began + .milliseconds(1_500) && $0 < began + took - .milliseconds(200) }
            #expect(during.count >= Int(took.components.seconds) / 4)
        }

        @Test("a change of a table that somebody reads for long gives way to others, and is made when that one is done")
        func inUse() async throws {
            let room = try await Self.filled(10)
            let other = try await MySQLDatabase.open(try #require(room.configuration), logger: .silent)
            let barrier = Barrier()
            async let reading = room.database.read { connection in
                let before = try connection.row("SELECT COUNT(*) FROM shop")?.get(0, as: Int.self)
                barrier.hold()
                return before
            }
            await barrier.arrival()
            async let ran = Self.migrator(Self.schemas("ALTER TABLE shop ADD COLUMN colour VARCHAR(40)")).migrate(other)
            try await Self.untilWaiting(in: try #require(room.configuration).database)
            // Would they wait behind it until the reader is done, they would wait for ever: that one waits for them.
            for id in 100..<110 {
                try await room.database.write { _ = try $0.execute("INSERT INTO shop (id, name) VALUES (?, 'x')", id) }
            }
            barrier.open()
            #expect(try await reading == 10)
            #expect(try await ran == ["shops.0002"])
            let found = try await room.database.read { try $0.row("SELECT COUNT(*), COUNT(colour) FROM shop")?.values }
            #expect(found == [.integer(20), .integer(0)])
            try await other.close()
        }

        /// Returns when somebody waits for a table.
        private static func untilWaiting(in database: String) async throws {
            let question = "SELECT 1 FROM information_schema.processlist WHERE db = '\(database)' AND state LIKE 'Waiting for table%'"
            // Asking takes a process of its own, which a thread of the tasks' must not wait for.
            while try await MySQLThread.run({ try MariaDBServer.shared().execute(question) }).isEmpty {}
        }

        @Test("statements that were prepared before a table grew go on working behind it")
        func prepared() async throws {
            let room = try await Self.filled(3)
            let other = try await MySQLDatabase.open(try #require(room.configuration), logger: .silent)
            let write = "INSERT INTO shop (id, name) VALUES (?, ?)"
            try await room.database.write { _ = try $0.execute(write, 50, "before") }
            for _ in 0..<8 { _ = try await room.database.read { try $0.rows("SELECT id, name FROM shop ORDER BY id") } }
            let grown = Self.schemas(
                "ALTER TABLE shop ADD COLUMN colour VARCHAR(40)", "ALTER TABLE shop ADD COLUMN size BIGINT NOT NULL DEFAULT 7",
                "CREATE INDEX shop_by_name ON shop (name)")
            try await Self.migrator(grown).migrate(other)
            try await room.database.write { _ = try $0.execute(write, 51, "behind") }
            for _ in 0..<8 {
                let rows = try await room.database.read { try $0.rows("SELECT id, name FROM shop ORDER BY id").map(\.values) }
                #expect(rows.count == 5 && rows.last == [.integer(51), .text("behind")])
            }
            #expect(try await other.read { try $0.row("SELECT size FROM shop WHERE id = 51")?.get(0) } == 7)
            try await other.close()
        }

        @Test("what was begun and is not done is told, with who began it")
        func underWay() async throws {
            struct Cut: Error {}
            let room = try await Self.filled(1)
            let schemas = Self.schemas("ALTER TABLE shop ADD COLUMN colour VARCHAR(40)")
            let migrator = TestRoom.migrator(schemas) { boundary in
                if boundary == .before(migration: "shops.0002", statement: 1) { throw Cut() }
            }
            await #expect(throws: Cut.self) { try await migrator.migrate(room.database) }
            let inspection = MySQLInspection(try #require(room.configuration), schemas: schemas)
            let told = try #require(try inspection.status().underWay)
            #expect(told.hasPrefix("statement 1 of shops.0002, by instance 01"))
            try await TestRoom.migrator(schemas).migrate(room.database)
            #expect(try inspection.status().underWay == nil)
        }
    }
#endif
