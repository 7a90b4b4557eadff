import Logging
import Storage
import TestSupport
import Vocabulary

/// A small room before and after an upgrade, for the tests that break it off.
enum MigrationRoom {
    static let first = Migration(
        1, "shops",
        [
            "CREATE TABLE shop (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT",
            "CREATE TABLE note (shop INTEGER NOT NULL REFERENCES shop (id), body TEXT NOT NULL) STRICT",
        ])
    static let upgrade = [
        Migration(2, "colours", ["ALTER TABLE shop ADD COLUMN colour TEXT", "CREATE INDEX shop_by_name ON shop (name)"]),
        Migration(
            3, "colours for all",
            ["UPDATE shop SET colour = 'red' WHERE colour IS NULL", "CREATE TABLE tag (id INTEGER PRIMARY KEY, word TEXT) STRICT"]),
        Migration(
            4, "notes anew",
            [
                "CREATE TABLE note_new (shop INTEGER NOT NULL REFERENCES shop (id), body TEXT NOT NULL, at INTEGER NOT NULL DEFAULT 0) STRICT",
                "INSERT INTO note_new (shop, body) SELECT shop, body FROM note", "DROP TABLE note", "ALTER TABLE note_new RENAME TO note",
            ]),
    ]
    static let before = [Schema(room: "desk", migrations: [first])]
    static let after = [Schema(room: "desk", migrations: [first] + upgrade)]
    static let statements = upgrade.map(\.statements.count).reduce(0, +)

    /// A database of the release before, with rows.
    static func make() async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let database = try SQLiteDatabase.open(directory: directory.path, logger: .silent)
        try await migrator(before).migrate(database)
        try await database.write { connection in
            for number in 1...50 {
                try connection.execute("INSERT INTO shop (id, name) VALUES (?, ?)", number, "Lantern \(number)")
                try connection.execute("INSERT INTO note (shop, body) VALUES (?, ?)", number, Samples.chinese)
            }
        }
        try await database.close()
        return directory
    }

    static func migrator(_ schemas: [Schema], watch: @escaping MigrationBoundary.Watch = { _ in }) -> Migrator {
        Migrator(schemas: schemas, logger: .silent, clock: ManualClock(), version: "test", watch: watch)
    }

    /// Everything that a database holds, schema and rows, but the history's own times and the migrator's books.
    static func content(_ directory: String) throws -> [String] {
        let file = try SQLiteFile(directory + "/switchboard.sqlite", .readWrite)
        var found = [try SchemaShape.read(file).fingerprint]
        for table in ["shop", "note", "note_new", "tag", "schema_history"] {
            guard try file.row("SELECT 1 FROM sqlite_schema WHERE name = '\(table)'", []) != nil else { continue }
            let columns = table == "schema_history" ? "id, checksum, chain" : "*"
            found += try file.rows("SELECT \(columns) FROM \(table)", []).map { "\(table) \($0.values)" }
        }
        return found
    }

    static func isWhole(_ directory: String) throws -> Bool {
        try SQLiteFile(directory + "/switchboard.sqlite", .readWrite).row("PRAGMA integrity_check", [])?.get(0) == "ok"
    }
}

/// Counts the boundaries of a run and does something at one of them.
final class Breaker: Sendable {
    private let passed = Recorder<MigrationBoundary>()
    private let at: Int
    private let act: @Sendable () throws -> Void

    init(at: Int, _ act: @escaping @Sendable () throws -> Void) {
        self.at = at
        self.act = act
    }

    var boundaries: [MigrationBoundary] { passed.entries }

    func pass(_ boundary: MigrationBoundary) throws {
        passed.note(boundary)
        if passed.entries.count == at { try act() }
    }
}
