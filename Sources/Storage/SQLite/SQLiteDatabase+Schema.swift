import GRDBSQLite

extension SQLiteDatabase: HouseDatabase {
    package var engine: DatabaseEngine { DatabaseEngine(name: "SQLite", version: String(cString: sqlite3_libversion())) }
    package var place: String { path }
    package var isSingleHouse: Bool { true }

    @discardableResult
    package func migrate(by migrator: Migrator) async throws -> [String] {
        try await migrator.migrateInOneTransaction(self)
    }

    /// Runs `body` in one transaction of its own, with foreign keys off while it runs and checked as a whole before the commit.
    ///
    /// Off, because a table that is rebuilt (made anew, filled, the old one dropped) would take the rows that refer to it along:
    /// sqlite.org/lang_altertable.html section 7.
    /// - Parameter progress: called again and again while a statement runs, on its thread: it must return at once.
    func alterSchema(
        progress: @escaping @Sendable () -> Void = {}, _ body: @escaping @Sendable (any SQLConnection) throws -> Void
    ) async throws {
        try await onWriter { connection in
            let ticks = SQLiteTicks(on: connection.handle, progress)
            defer { ticks.end() }
            try connection.execute("PRAGMA foreign_keys = OFF", [])
            defer { _ = try? connection.execute("PRAGMA foreign_keys = ON", []) }
            try connection.execute("BEGIN IMMEDIATE", [])
            do {
                try body(connection)
                try Self.checkReferences(connection)
                try connection.execute("COMMIT", [])
            } catch {
                if !connection.isOutsideTransaction { try connection.execute("ROLLBACK", []) }
                throw error
            }
        }
    }

    static func checkReferences(_ connection: any SQLConnection) throws {
        let tables = Set(try connection.rows("PRAGMA foreign_key_check", []).map { try $0.get(0, as: String.self) })
        guard tables.isEmpty else { throw MigratorError.danglingReferences(tables: tables.sorted()) }
    }
}
