import FoundationEssentials
import GRDBSQLite
import Vocabulary

extension BackupManifest {
    /// Describes what `database` holds; `files` is filled in by the caller.
    init(reason: BackupReason, at: Timestamp, version: String, of database: SQLiteFile, pause: () throws -> Void) throws {
        self.reason = reason
        self.at = at
        self.version = version
        time = at.rfc3339
        milliseconds = 0
        sqlite = String(cString: sqlite3_libversion())
        epoch = try Self.epoch(of: database)
        schemaFingerprint = try SchemaShape.read(database).fingerprint
        migrations = try SchemaHistory(SQLiteCatalogue()).read(database).map { Landed(id: $0.id, checksum: $0.checksum) }
        tables = try database.digests(pause: pause)
        rows = tables.values.map(\.rows).reduce(0, +)
        files = []
        restored = "ok"
    }

    /// - Throws: `BackupError.notIdentical`, or what SQLite finds.
    func check(_ database: SQLiteFile, path: String, pause: () throws -> Void) throws {
        do {
            try database.checkIntegrity()
        } catch {
            throw BackupError.notIdentical(path: path, what: "\(error)")
        }
        let found = try database.digests(pause: pause)
        if let name = Set(found.keys).union(tables.keys).sorted().first(where: { found[$0] != tables[$0] }) {
            let (wanted, got) = (tables[name]?.rows, found[name]?.rows)
            throw BackupError.notIdentical(path: path, what: "table \(name): \(wanted ?? 0) rows went in, \(got ?? 0) came out")
        }
        guard try SchemaShape.read(database).fingerprint == schemaFingerprint else {
            throw BackupError.notIdentical(path: path, what: "the schema")
        }
    }

    /// Nil when there is none, or none that this program can read.
    static func read(_ folder: String) -> BackupManifest? {
        let path = "\(folder)/\(BackupVault.manifestName)"
        guard let size = Folder.size(path), size <= 16 << 20, let data = FileManager.default.contents(atPath: path),
            let manifest = try? JSONDecoder().decode(BackupManifest.self, from: data), manifest.format <= Self.format
        else { return nil }
        return manifest
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let file = try PlainFile(making: path)
        try file.write(Array(try encoder.encode(self))[...])
        try file.sync()
    }

    private static func epoch(of database: SQLiteFile) throws -> String? {
        guard try database.row("SELECT 1 FROM sqlite_schema WHERE name = 'instance'", []) != nil else { return nil }
        return try database.row("SELECT value FROM instance WHERE key = 'epoch'", [])?.get(0)
    }
}
