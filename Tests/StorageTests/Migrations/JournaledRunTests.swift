import Storage
import Testing
import TestSupport
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// SQLite in autocommit mode stands for an engine whose DDL commits by itself.
@Suite("Migrations on an engine without transactions around DDL", .serialized)
struct JournaledRunTests {
    /// Runs what is pending; also called in processes that end in it.
    static func migrate(_ path: String, schemas: [Schema] = MigrationRoom.after, watch: @escaping MigrationBoundary.Watch = { _ in }) throws
    {
        let file = try SQLiteFile(path + "/switchboard.sqlite", .readWrite)
        _ = try file.row("PRAGMA synchronous = OFF", [])
        let status = try MigrationInspection(directory: path, schemas: schemas, clock: ManualClock(), version: "test").status()
        let history = status.landed.map { landed in
            var one = LandedMigration(id: landed.id, checksum: landed.checksum)
            one.chain = landed.chain
            return one
        }
        let plan = try MigrationPlan.make(history: history, schemas: [.storage] + schemas)
        try JournaledRun(plan: plan, holder: "test", catalogue: SQLiteCatalogue(), clock: ManualClock(), version: "test", watch: watch).run(
            on: file)
    }

    private func uninterrupted() async throws -> (boundaries: [MigrationBoundary], content: [String]) {
        let directory = try await MigrationRoom.make()
        let breaker = Breaker(at: 0) {}
        try Self.migrate(directory.path, watch: breaker.pass)
        return (breaker.boundaries, try MigrationRoom.content(directory.path))
    }

    @Test("it comes to the same end as one transaction does")
    func sameEnd() async throws {
        let (_, content) = try await uninterrupted()
        let directory = try await MigrationRoom.make()
        let database = try SQLiteDatabase.open(directory: directory.path, logger: .silent)
        try await MigrationRoom.migrator(MigrationRoom.after).migrate(database)
        try await database.close()
        #expect(try MigrationRoom.content(directory.path) == content)
    }

    @Test("killed with SIGKILL at every step, the next run goes on and comes to the same end")
    func killed() async throws {
        let (boundaries, content) = try await uninterrupted()
        var states: Set<[String]> = []
        for number in 1...boundaries.count {
            let directory = try await MigrationRoom.make()
            let path = directory.path
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, number = number as Int] in
                let breaker = Breaker(at: number) { kill(getpid(), SIGKILL) }
                try JournaledRunTests.migrate(path, watch: breaker.pass)
            }
            states.insert(try MigrationRoom.content(path))
            try Self.migrate(path)
            #expect(try MigrationRoom.content(path) == content, "\(boundaries[number - 1])")
        }
        // Were it one transaction there would be two: this shows that it is not, and that the journal is what recovers.
        #expect(states.count > 5)
    }

    @Test("broken off twice, at every pair of steps, it comes to the same end all the same")
    func twice() async throws {
        struct Cut: Error {}
        let (boundaries, content) = try await uninterrupted()
        for first in stride(from: 1, through: boundaries.count, by: 2) {
            for second in stride(from: 1, through: boundaries.count, by: 3) {
                let directory = try await MigrationRoom.make()
                for number in [first, second] {
                    try? Self.migrate(directory.path, watch: Breaker(at: number) { throw Cut() }.pass)
                }
                try Self.migrate(directory.path)
                #expect(try MigrationRoom.content(directory.path) == content, "\(first) and \(second)")
            }
        }
    }

    @Test("what was made by hand is taken over when it is the same, and refused with both definitions when it isn't")
    func byHand() async throws {
        let (_, content) = try await uninterrupted()
        let directory = try await MigrationRoom.make()
        try SQLiteFile(directory.path + "/switchboard.sqlite", .readWrite).execute("alter table shop add colour text", [])
        try Self.migrate(directory.path)
        #expect(try MigrationRoom.content(directory.path) == content)

        let other = try await MigrationRoom.make()
        try SQLiteFile(other.path + "/switchboard.sqlite", .readWrite).execute("ALTER TABLE shop ADD COLUMN colour INTEGER", [])
        let error = #expect(throws: MigratorError.self) { try Self.migrate(other.path) }
        guard case .inTheWay("desk.0002", 1, let drift)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(drift.name == "shop.colour" && drift.expected == "text" && drift.found == "integer")
    }

    @Test("a statement that nobody can look after is decided by its own question, else by a person")
    func undecidable() async throws {
        struct Cut: Error {}
        let bare = Migration(2, "odd", ["PRAGMA user_version = 7"])
        let asked = Migration(
            2, "odd", ["PRAGMA user_version = 7"], doneWhen: [1: "SELECT 1 FROM pragma_user_version WHERE user_version = 7"])
        for (migration, isDecidable) in [(bare, false), (asked, true)] {
            let schemas = [Schema(room: "desk", migrations: [MigrationRoom.first, migration])]
            let directory = try await MigrationRoom.make()
            let breaker = Breaker(at: 3) { throw Cut() }
            #expect(throws: Cut.self) { try Self.migrate(directory.path, schemas: schemas, watch: breaker.pass) }
            #expect(breaker.boundaries.last == .after(migration: "desk.0002", statement: 1))
            if isDecidable {
                try Self.migrate(directory.path, schemas: schemas)
            } else {
                let error = #expect(throws: MigratorError.self) { try Self.migrate(directory.path, schemas: schemas) }
                #expect(error?.code == "migrator.undecidable" && error?.kind == .needsPerson)
                #expect("\(try #require(error))".contains("schema_journal"))
            }
        }
    }

    @Test("a failing statement stops the run; the mended program goes on with it")
    func failing() async throws {
        let broken = Migration(2, "x", ["CREATE TABLE half (x INTEGER)", "ALTER TABLE nowhere ADD COLUMN y"])
        let directory = try await MigrationRoom.make()
        let error = #expect(throws: MigratorError.self) {
            try Self.migrate(directory.path, schemas: [Schema(room: "desk", migrations: [MigrationRoom.first, broken])])
        }
        guard case .stopped("desk.0002", 2, _)? = error else { Issue.record("\(String(describing: error))"); return }
        let edited = Migration(2, "x", ["CREATE TABLE other (x INTEGER)"])
        #expect(throws: MigratorError.edited(migration: "desk.0002")) {
            try Self.migrate(directory.path, schemas: [Schema(room: "desk", migrations: [MigrationRoom.first, edited])])
        }
    }
}
