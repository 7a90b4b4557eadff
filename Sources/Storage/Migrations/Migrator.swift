package import Logging
package import Vocabulary

/// Brings a database to the schema of this program: all that is missing in one transaction, or nothing.
package struct Migrator: Sendable {
    private let schemas: [Schema]
    private let logger: Logger
    private let clock: any WallClock
    private let version: String

    /// - Parameters:
    ///   - schemas: of all rooms, in the order in which they are made; storage's own comes first by itself.
    ///   - version: of the program, for the history.
    package init(schemas: [Schema], logger: Logger, clock: any WallClock, version: String) {
        self.schemas = schemas.contains { $0.room == Schema.storage.room } ? schemas : [.storage] + schemas
        self.logger = logger
        self.clock = clock
        self.version = version
    }

    /// What `migrate` would run, without running it.
    package func plan(_ database: SQLiteDatabase) async throws -> MigrationPlan {
        try MigrationPlan.make(history: try await database.read(SchemaHistory.read), schemas: schemas)
    }

    /// - Throws: `MigratorError` or `StorageError`; the database is then as it was.
    package func migrate(_ database: SQLiteDatabase) async throws {
        let plan = try await plan(database)
        guard let first = plan.pending.first else { return }
        if try await database.read(Self.holdsTables) { try await backUp(database, before: first.id) }
        try await run(plan, on: database)
        logger.info("schema brought up to date", metadata: ["migrations": "\(plan.pending.map(\.id).joined(separator: " "))"])
    }

    private func backUp(_ database: SQLiteDatabase, before id: String) async throws {
        let time = clock.now().rfc3339.filter { $0 != ":" }
        let copy = try await database.backUp(name: "\(time)-before-\(id)")
        logger.notice("database backed up before a change of its schema", metadata: ["path": "\(copy.path)", "rows": "\(copy.rows)"])
    }

    private func run(_ plan: MigrationPlan, on database: SQLiteDatabase) async throws {
        let (time, version) = (clock.now(), version)
        try await database.alterSchema { connection in
            try SchemaHistory.make(connection)
            for step in plan.pending {
                try Self.run(step, connection)
                try SchemaHistory.add(step, at: time, version: version, connection)
            }
        }
    }

    private static func run(_ step: MigrationPlan.Step, _ connection: any SQLConnection) throws {
        for (index, statement) in step.migration.statements.enumerated() {
            do {
                try connection.execute(statement, [])
            } catch {
                throw MigratorError.failed(migration: step.id, statement: index + 1, reason: "\(error)")
            }
        }
    }

    private static func holdsTables(_ connection: any SQLConnection) throws -> Bool {
        try connection.row("SELECT 1 FROM sqlite_schema WHERE type = 'table' LIMIT 1") != nil
    }
}
