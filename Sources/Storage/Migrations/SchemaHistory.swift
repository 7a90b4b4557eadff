import Vocabulary

/// The table in which a database remembers which migrations made it.
enum SchemaHistory {
    /// Empty for a database that has none yet.
    static func read(_ connection: any SQLConnection) throws -> [LandedMigration] {
        guard try connection.row("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_history'") != nil else { return [] }
        return try connection.rows("SELECT id, checksum FROM schema_history ORDER BY rowid").map {
            LandedMigration(id: try $0.get(0), checksum: try $0.get(1))
        }
    }

    static func make(_ connection: any SQLConnection) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_history (
                id TEXT NOT NULL UNIQUE,
                title TEXT NOT NULL,
                checksum TEXT NOT NULL,
                applied_at INTEGER NOT NULL,
                app_version TEXT NOT NULL
            ) STRICT
            """)
    }

    static func add(_ step: MigrationPlan.Step, at time: Timestamp, version: String, _ connection: any SQLConnection) throws {
        try connection.execute(
            "INSERT INTO schema_history (id, title, checksum, applied_at, app_version) VALUES (?, ?, ?, ?, ?)", step.id,
            step.migration.title,
            step.migration.checksum, time, version)
    }
}
