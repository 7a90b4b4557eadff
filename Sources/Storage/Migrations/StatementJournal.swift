import Vocabulary

/// What was begun and what was done of a migration's statements, for engines on which each of them commits by itself.
struct StatementJournal: Sendable {
    enum State: String, Sendable {
        case started, done, adopted
    }

    struct Entry: Hashable, Sendable {
        let state: State
        /// Of the statement's text.
        let checksum: String
    }

    /// Who works: host, process and start, for whoever finds a row that was only started.
    let holder: String
    let clock: any WallClock

    /// In the words that MySQL and SQLite share.
    func make(_ connection: any SQLConnection) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_journal (
                migration VARCHAR(80) NOT NULL,
                statement INTEGER NOT NULL,
                checksum VARCHAR(64) NOT NULL,
                state VARCHAR(8) NOT NULL,
                holder VARCHAR(200) NOT NULL,
                at BIGINT NOT NULL,
                PRIMARY KEY (migration, statement)
            )
            """, [])
    }

    func entry(_ migration: String, _ statement: Int, _ connection: any SQLConnection) throws -> Entry? {
        let sql = "SELECT state, checksum FROM schema_journal WHERE migration = ? AND statement = ?"
        guard let row = try connection.row(sql, migration, statement), let state = State(rawValue: try row.get(0)) else { return nil }
        return Entry(state: state, checksum: try row.get(1))
    }

    func note(_ state: State, _ migration: String, _ statement: Int, checksum: String, _ connection: any SQLConnection) throws {
        let sql = "UPDATE schema_journal SET state = ?, holder = ?, at = ? WHERE migration = ? AND statement = ?"
        guard try connection.execute(sql, state.rawValue, holder, clock.now(), migration, statement) == 0 else { return }
        try connection.execute(
            "INSERT INTO schema_journal (migration, statement, checksum, state, holder, at) VALUES (?, ?, ?, ?, ?, ?)", migration,
            statement,
            checksum, state.rawValue, holder, clock.now())
    }

    /// The history has the migration: its statements need no memory of their own.
    func forget(_ migration: String, _ connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM schema_journal WHERE migration = ?", migration)
    }

    func adopted(_ migration: String, _ connection: any SQLConnection) throws -> Int {
        try connection.row("SELECT count(*) FROM schema_journal WHERE migration = ? AND state = 'adopted'", migration)?.get(0) ?? 0
    }
}

extension MigrationStatus {
    /// The statement that a run on this database has begun and not ended, in one line for people: its run is at work, or died at it.
    /// - Parameter catalogue: of the engine.
    package static func underWay(on connection: any SQLConnection, _ catalogue: any SchemaCatalogue) throws -> String? {
        guard try !catalogue.columns(of: "schema_journal", on: connection).isEmpty else { return nil }
        let sql = "SELECT migration, statement, holder, at FROM schema_journal WHERE state = 'started' ORDER BY at DESC LIMIT 1"
        return try connection.row(sql, []).map { row in
            let (migration, statement) = (try row.get(0, as: String.self), try row.get(1, as: Int.self))
            let (holder, at) = (try row.get(2, as: String.self), try row.get(3, as: Timestamp.self))
            return "statement \(statement) of \(migration), by \(holder), since \(at.rfc3339)"
        }
    }
}
