import Logging
import Storage
import Synchronization
import Testing
import TestSupport
import Vocabulary

@Suite("The migrator")
struct MigratorTests {
    private let clock = ManualClock()
    private let first = Migration(1, "shops", ["CREATE TABLE shop (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT"])
    private let second = Migration(2, "colours", ["ALTER TABLE shop ADD COLUMN colour TEXT", "CREATE INDEX shop_by_name ON shop (name)"])

    @Test("a fresh database gets everything with its history, and no backup is made of nothing")
    func fresh() async throws {
        let room = try await open([first, second])
        let history = try await room.database.read {
            try $0.rows("SELECT id, title, checksum, applied_at, app_version FROM schema_history")
        }
        #expect(try history.map { try $0.get(0, as: String.self) } == ["storage.0001", "desk.0001", "desk.0002"])
        #expect(try history[2].get(1, as: String.self) == "colours")
        #expect(try history[2].get(2, as: String.self) == second.checksum)
        #expect(try history[2].get(3, as: Timestamp.self) == clock.now())
        #expect(try history[2].get(4, as: String.self) == "test")
        #expect(room.directory.names(in: "backups").isEmpty)
    }

    @Test("the epoch is made once, with the database")
    func epoch() async throws {
        let (room, other) = (try await open([first]), try await open([first]))
        let epoch = try await room.database.read(Epoch.read)
        #expect(epoch.text.count == 32 && epoch.text.allSatisfy(\.isHexDigit))
        #expect(try await other.database.read(Epoch.read) != epoch)
        try await migrate(room, [first, second])
        #expect(try await room.database.read(Epoch.read) == epoch)
    }

    @Test("a database with nothing pending is not touched")
    func nothingPending() async throws {
        let room = try await open([first])
        let log = CapturedLog()
        try await migrate(room, [first], log: log)
        #expect(log.lines.isEmpty)
        #expect(room.directory.names(in: "backups").isEmpty)
    }

    @Test("one statement that takes long gives signs of life while it runs, and none after it")
    func ticks() async throws {
        let room = try await open([first])
        let slow = Migration(
            2, "a lot of shops",
            [
                """
                INSERT INTO shop (name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
                    SELECT 'shop ' || i FROM n
                """
            ])
        let ticks = Mutex([String: Int]())
        let stage = Mutex("before")
        let migrator = Migrator(
            schemas: [Schema(room: "desk", migrations: [first, slow])], logger: .silent, clock: clock, version: "test",
            progress: { ticks.withLock { $0[stage.withLock { $0 }, default: 0] += 1 } },
            watch: { boundary in
                switch boundary {
                case .before: stage.withLock { $0 = "statement" }
                case .after: stage.withLock { $0 = "after" }
                default: break
                }
            })
        try await migrator.migrate(room.database)
        // The boundaries themselves tick too: before and after it.
        #expect(ticks.withLock { $0["statement"] ?? 0 } > 10)
        let count = ticks.withLock { $0.values.reduce(0, +) }
        try await room.database.write { try $0.execute("UPDATE shop SET name = name || '!'") }
        #expect(ticks.withLock { $0.values.reduce(0, +) } == count)
    }

    @Test("a backup of what was there comes before a change, checked and named in the log")
    func backup() async throws {
        let room = try await open([first])
        try await room.database.write { try $0.execute("INSERT INTO shop (name) VALUES ('Lantern'), ('客服')") }
        let log = CapturedLog()
        try await migrate(room, [first, second], log: log)
        let name = "2026-11-21T080000.000Z-before-desk.0002"
        #expect(room.directory.names(in: "backups") == [".lock", name])
        #expect(try room.directory.mode(of: "backups/" + name) == 0o700)
        #expect(try room.directory.mode(of: "backups/\(name)/switchboard.sqlite") == 0o600)
        #expect(log.lines.first?.contains("backups/" + name) == true)
        let copy = try TemporaryDirectory()
        try copy.write(try room.directory.bytes(of: "backups/\(name)/switchboard.sqlite"), to: "switchboard.sqlite")
        let restored = try SQLiteDatabase.open(directory: copy.path, logger: .silent)
        #expect(
            try await restored.read { try $0.rows("SELECT * FROM shop").map(\.values) } == [
                [.integer(1), .text("Lantern")], [.integer(2), .text("客服")],
            ])
        #expect(try await room.database.read { try $0.rows("SELECT colour FROM shop").count } == 2)
        try await restored.close()
    }

    @Test("when the backup can't be made nothing is changed")
    func noBackupNoChange() async throws {
        let room = try await open([first])
        try room.directory.write("in the way", to: "backups")
        await #expect { try await migrate(room, [first, second]) } throws: { ($0 as? MigratorError)?.code == "migrator.backup" }
        #expect(try await columns(room) == ["id", "name"])
    }

    @Test("a statement that fails leaves the old schema, also after opening anew, and the mended program goes on from there")
    func failure() async throws {
        let room = try await open([first])
        try await room.database.write { try $0.execute("INSERT INTO shop (name) VALUES ('Lantern')") }
        let broken = Migration(
            3, "broken", ["CREATE TABLE half (x INTEGER)", "INSERT INTO half VALUES (1)", "ALTER TABLE nowhere ADD COLUMN y"])
        let error = await #expect(throws: MigratorError.self) { try await migrate(room, [first, second, broken]) }
        #expect(
            error == .failed(migration: "desk.0003", statement: 3, reason: "the database engine failed with code 1: no such table: nowhere")
        )
        try await room.database.close()

        let again = try SQLiteDatabase.open(directory: room.directory.path, logger: .silent)
        let tables = try await again.read { try $0.rows("SELECT name FROM sqlite_schema WHERE name IN ('half', 'shop_by_name')").count }
        #expect(tables == 0)
        #expect(try await again.read { try $0.rows("SELECT id FROM schema_history").count } == 2)
        let mended = Migration(3, "mended", ["CREATE TABLE half (x INTEGER)"])
        try await migrator([first, second, mended]).migrate(again)
        #expect(try await again.read { try $0.rows("SELECT id FROM schema_history").count } == 4)
        try await again.close()
    }

    @Test("a table made anew keeps the rows that refer to it")
    func rebuild() async throws {
        let notes = Migration(2, "notes", ["CREATE TABLE note (shop INTEGER NOT NULL REFERENCES shop (id) ON DELETE CASCADE) STRICT"])
        let room = try await open([first, notes])
        try await room.database.write { connection in
            try connection.execute("INSERT INTO shop (id, name) VALUES (1, 'Lantern')")
            try connection.execute("INSERT INTO note (shop) VALUES (1)")
        }
        let rebuilt = Migration(
            3, "shops anew",
            [
                "CREATE TABLE shop_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
                "INSERT INTO shop_new SELECT id, name FROM shop",
                "DROP TABLE shop", "ALTER TABLE shop_new RENAME TO shop",
            ])
        try await migrate(room, [first, notes, rebuilt])
        #expect(try await room.database.read { try $0.rows("SELECT shop FROM note").count } == 1)
        // And the rule is back in force.
        await #expect(throws: StorageError.self) { try await room.database.write { try $0.execute("INSERT INTO note (shop) VALUES (9)") } }
    }

    @Test("a change that leaves rows referring to nothing is refused as a whole")
    func dangling() async throws {
        let notes = Migration(2, "notes", ["CREATE TABLE note (shop INTEGER NOT NULL REFERENCES shop (id)) STRICT"])
        let room = try await open([first, notes])
        let stray = Migration(3, "stray", ["INSERT INTO note (shop) VALUES (9)"])
        await #expect(throws: MigratorError.danglingReferences(tables: ["note"])) { try await migrate(room, [first, notes, stray]) }
        #expect(try await room.database.read { try $0.rows("SELECT shop FROM note").isEmpty })
    }

    @Test("an older program refuses a database that a newer one changed, and lives with one to which it only added something")
    func older() async throws {
        let third = Migration(3, "no colours", ["DROP INDEX shop_by_name", "ALTER TABLE shop DROP COLUMN colour"])
        let room = try await open([first, second, third])
        await #expect(throws: MigratorError.newer(migrations: ["desk.0002", "desk.0003"])) { try await migrate(room, [first]) }
        let other = try await open([first, second])
        let log = CapturedLog()
        try await migrate(other, [first], log: log)
        #expect(log.lines.count == 1 && log.lines.first?.contains("ahead of this program") == true)
        #expect(try await columns(other) == ["id", "name", "colour"])
    }

    @Test("the history of a release that kept no sums gets them, and one that was changed by hand is refused from then on")
    func sums() async throws {
        let room = try await open([first, second])
        let chains = try await chains(room)
        #expect(Set(chains).count == 3 && chains.allSatisfy { $0?.count == 64 })
        try await room.database.write { connection in
            for column in ["chain", "kind", "previous_release_runs", "took_ms", "adopted"] {
                try connection.execute("ALTER TABLE schema_history DROP COLUMN \(column)", [])
            }
        }
        try await migrate(room, [first, second])
        #expect(try await self.chains(room) == chains)
        try await room.database.write { try $0.execute("UPDATE schema_history SET rowid = 99 WHERE id = 'desk.0001'") }
        await #expect(throws: MigratorError.brokenChain(migration: "desk.0002")) { try await migrate(room, [first, second]) }
    }

    @Test("what was made by hand is taken over when it is the same; something else of that name is refused with both definitions")
    func byHand() async throws {
        let same = try await open([first])
        try await same.database.write { connection in
            try connection.execute("alter table \"shop\" add \"colour\" text")
            try connection.execute("CREATE INDEX IF NOT EXISTS shop_by_name ON shop(name)")
        }
        let log = CapturedLog()
        try await migrate(same, [first, second], log: log)
        #expect(log.lines.contains { $0.contains("taken over") && $0.contains("desk.0002/1 desk.0002/2") })
        let adopted = try await same.database.read {
            try $0.row("SELECT adopted FROM schema_history WHERE id = 'desk.0002'")?.get(0, as: Int.self)
        }
        #expect(adopted == 2)

        let other = try await open([first])
        try await other.database.write { try $0.execute("CREATE INDEX shop_by_name ON shop (name DESC)") }
        let error = await #expect(throws: MigratorError.self) { try await migrate(other, [first, second]) }
        guard case .inTheWay("desk.0002", 2, let drift)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(
            drift.expected == "create index shop_by_name on shop(name)" && drift.found == "create index shop_by_name on shop(name desc)")
        #expect(error?.kind == .needsPerson)
        #expect(try await columns(other) == ["id", "name"])
    }

    @Test("a schema that is not what its history makes stops a start; what is extra is left alone")
    func drift() async throws {
        let room = try await open([first, second])
        try await room.database.write { connection in
            try connection.execute("CREATE TABLE mine (x)")
            try connection.execute("ALTER TABLE shop ADD COLUMN mine TEXT")
        }
        let log = CapturedLog()
        try await migrate(room, [first, second], log: log)
        #expect(log.lines.count == 1 && log.lines.first?.contains("table mine, column shop.mine") == true)
        try await room.database.write { try $0.execute("DROP INDEX shop_by_name") }
        let error = await #expect(throws: MigratorError.self) { try await migrate(room, [first, second]) }
        guard case .drifted(let drifts, false)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(drifts.map(\.name) == ["shop_by_name"] && drifts.first?.kind == .missing && error?.kind == .needsPerson)
    }

    @Test("an edited migration is refused before anything else runs")
    func edited() async throws {
        let room = try await open([first])
        let changed = Migration(1, "shops", ["CREATE TABLE shop (id INTEGER PRIMARY KEY, name TEXT) STRICT"])
        await #expect(throws: MigratorError.edited(migration: "desk.0001")) { try await migrate(room, [changed, second]) }
        #expect(try await columns(room) == ["id", "name"])
    }

    private func open(_ migrations: [Migration]) async throws -> TemporaryDatabase {
        try await TemporaryDatabase.open(schemas: [Schema(room: "desk", migrations: migrations)], clock: clock)
    }

    private func migrator(_ migrations: [Migration], log: CapturedLog = CapturedLog()) -> Migrator {
        Migrator(schemas: [Schema(room: "desk", migrations: migrations)], logger: log.logger(clock: clock), clock: clock, version: "test")
    }

    private func migrate(_ room: TemporaryDatabase, _ migrations: [Migration], log: CapturedLog = CapturedLog()) async throws {
        try await migrator(migrations, log: log).migrate(room.database)
    }

    private func chains(_ room: TemporaryDatabase) async throws -> [String?] {
        try await room.database.read { try $0.rows("SELECT chain FROM schema_history ORDER BY rowid").map { try $0.get(0) } }
    }

    private func columns(_ room: TemporaryDatabase) async throws -> [String] {
        try await room.database.read { try $0.rows("SELECT name FROM pragma_table_info('shop')").map { try $0.get(0) } }
    }
}
