import GRDB

/// A copy of a database that was read back and found whole.
package struct VerifiedBackup: Sendable {
    /// Where it is.
    package let path: String
    /// In all tables.
    package let rows: Int
}

extension SQLiteDatabase {
    /// Copies the database to `backups/<name>.sqlite` beside it while it stays in use, and checks the copy: its integrity, and as many rows
    /// in each table as the original has.
    /// - Throws: `MigratorError.backup`. A copy that failed its check stays where it is, for whoever looks into the reason.
    package func backUp(name: String) async throws -> VerifiedBackup {
        let directory = (path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".") + "/backups"
        let target = "\(directory)/\(name).sqlite"
        return try await onOtherThread { pool in
            do {
                try DataDirectory.make(directory)
                try DataDirectory.makeFile(target)
                return VerifiedBackup(path: target, rows: try Self.copy(pool, to: target))
            } catch {
                throw MigratorError.backup(path: target, reason: "\(StorageError(engine: error))")
            }
        }
    }

    private static func copy(_ pool: DatabasePool, to target: String) throws -> Int {
        let copy = try DatabaseQueue(path: target)
        // One read transaction: what is counted is what is copied.
        let counted = try pool.read { source in
            try copy.writeWithoutTransaction { try source.backup(to: $0) }
            return try withConnection(source, countRows)
        }
        return try copy.writeWithoutTransaction { database in
            try withConnection(database) { try verify($0, against: counted) }
        }
    }

    private static func verify(_ connection: any SQLConnection, against counted: [String: Int]) throws -> Int {
        // The copy inherits the log mode of its source; a backup is one file.
        _ = try connection.row("PRAGMA journal_mode = DELETE", [])
        let finding = try connection.row("PRAGMA integrity_check", [])?.get(0, as: String.self) ?? "no answer"
        guard finding == "ok" else { throw StorageError.engine(code: 11, message: finding) }
        let found = try countRows(connection)
        guard found == counted else { throw StorageError.engine(code: 11, message: "the copy has other rows than its source") }
        return found.values.reduce(0, +)
    }

    private static func countRows(_ connection: any SQLConnection) throws -> [String: Int] {
        let tables = try connection.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", [])
        var counts: [String: Int] = [:]
        for table in tables {
            let name = try table.get(0, as: String.self)
            counts[name] = try connection.row("SELECT count(*) FROM \"\(name.replacing("\"", with: "\"\""))\"", [])?.get(0)
        }
        return counts
    }

    private static func withConnection<Value>(_ database: GRDB.Database, _ body: (any SQLConnection) throws -> Value) throws -> Value {
        let connection = try SQLiteConnection(database)
        defer { connection.end() }
        return try body(connection)
    }
}
