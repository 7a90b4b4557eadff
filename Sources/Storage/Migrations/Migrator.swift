package import Logging
package import Vocabulary

/// Brings a database to the schema of this program: on SQLite all that is missing in one transaction, or nothing.
package struct Migrator: Sendable {
    /// Of all rooms, storage's own first.
    package let schemas: [Schema]
    package let logger: Logger
    /// For the history's times.
    package let clock: any WallClock
    /// Of the program, for the history.
    package let version: String
    private let vault: (@Sendable (String) -> BackupVault)?
    /// Called at every step of a long run, and while a statement of it works: it must return at once.
    package let progress: @Sendable () -> Void
    /// What is to be done first where a change can't be taken back as a whole.
    package let precaution: Precaution?
    /// Told at each step; what it throws ends the run there.
    package let watch: MigrationBoundary.Watch

    /// Called on an engine whose DDL commits by itself, before a database that has migrations already gets more, by the one that has the turn.
    /// - Parameters:
    ///   - pending: what will run.
    ///   - landed: the names of what has run.
    ///   - size: of the database in bytes, by its server's estimate.
    /// What it throws ends the run, with nothing changed.
    package typealias Precaution =
        @Sendable (
            _ database: any HouseDatabase, _ pending: [MigrationPlan.Step], _ landed: [LandedMigration], _ size: Int64
        ) async throws -> Void

    /// - Parameters:
    ///   - schemas: of all rooms, in the order in which they are made; storage's own comes first by itself.
    ///   - version: of the program, for the history.
    ///   - vault: where the backup before a change goes, given the data directory; nil: `backups/` in it, the database alone.
    ///   - progress: called at every step of a long run and while a statement runs, on its thread: it must return at once.
    ///   - precaution: for engines whose DDL commits by itself; see `Precaution`.
    ///   - watch: for tests, told at each step; what it throws ends the run there.
    package init(
        schemas: [Schema], logger: Logger, clock: any WallClock, version: String, vault: (@Sendable (String) -> BackupVault)? = nil,
        progress: @escaping @Sendable () -> Void = {}, precaution: Precaution? = nil, watch: @escaping MigrationBoundary.Watch = { _ in }
    ) {
        self.schemas = Self.withStorage(schemas)
        self.logger = logger
        self.clock = clock
        self.version = version
        self.vault = vault
        self.progress = progress
        self.precaution = precaution
        self.watch = { boundary in
            progress()
            try watch(boundary)
        }
    }

    /// Storage's own schema comes first.
    package static func withStorage(_ schemas: [Schema]) -> [Schema] {
        schemas.contains { $0.room == Schema.storage.room } ? schemas : [.storage] + schemas
    }

    private static let history = SchemaHistory(SQLiteCatalogue())

    /// Brings a database of any engine to the schema of this program.
    /// - Returns: the migrations that ran.
    /// - Throws: `MigratorError`, `StorageError`.
    @discardableResult
    package func migrate(_ database: any HouseDatabase) async throws -> [String] {
        try await database.migrate(by: self)
    }

    /// What `migrate` would run, without running it.
    package func plan(_ database: SQLiteDatabase) async throws -> MigrationPlan {
        try MigrationPlan.make(history: try await database.read(Self.history.read), schemas: schemas)
    }

    /// - Returns: the migrations that ran.
    /// - Throws: `MigratorError` or `StorageError`; the database is then as it was.
    func migrateInOneTransaction(_ database: SQLiteDatabase) async throws -> [String] {
        let plan = try await plan(database)
        if !plan.ahead.isEmpty {
            logger.warning(
                "the database is ahead of this program, by changes that this program can live with",
                metadata: ["migrations": "\(plan.ahead.joined(separator: " "))"])
        }
        let isOnExisting = try await database.read(Self.holdsTables)
        let run = TransactionalRun(
            plan: plan, expected: isOnExisting ? try ExpectedSchema.make(schemas) : SchemaShape(), isOnExisting: isOnExisting, clock: clock,
            version: version, watch: watch)
        guard let first = plan.pending.first else {
            try await settle(run, database)
            return []
        }
        if isOnExisting { try await backUp(database, before: first.id) }
        try await carryOut(run, on: database)
        return plan.pending.map(\.id)
    }

    private func backUp(_ database: SQLiteDatabase, before id: String) async throws {
        let directory = database.directory
        let vault = vault?(directory) ?? BackupVault(directory: directory, clock: clock, version: version)
        do {
            let copy = try await QuietThread.run { [progress] in try vault.make(.migration(id), pause: progress) }
            logger.notice(
                "database backed up before a change of its schema", metadata: ["path": "\(copy.path)", "rows": "\(copy.manifest.rows)"])
        } catch {
            throw MigratorError.backup(path: vault.folder, reason: "\(error)")
        }
    }

    private func carryOut(_ run: TransactionalRun, on database: SQLiteDatabase) async throws {
        let ids = run.plan.pending.map(\.id)
        do {
            try await database.alterSchema(progress: progress) { adopt(try run.run(on: $0)) }
            try run.watch(.committed)
        } catch let error as StorageError {
            // What SQLite does behind a commit (moving the log into the file) can fail when the commit itself is done.
            let landed = try? await database.read(Self.history.read).map(\.id)
            guard let landed, Set(landed).isSuperset(of: ids) else { throw error }
            logger.warning("the schema was changed; tidying up behind it failed", metadata: ["error": "\(error)"])
        }
        logger.info("schema brought up to date", metadata: ["migrations": "\(ids.joined(separator: " "))"])
    }

    @Sendable private func adopt(_ measured: [TransactionalRun.Measured]) {
        let adopted = measured.filter(\.isAdopted)
        guard !adopted.isEmpty else { return }
        logger.notice(
            "what migrations make was there already, exactly as they make it, and is taken over",
            metadata: ["statements": "\(adopted.map { "\($0.migration)/\($0.statement)" }.joined(separator: " "))"])
    }

    /// Nothing is pending: the schema has to be what the history says, and a history without sums gets them.
    private func settle(_ run: TransactionalRun, _ database: SQLiteDatabase) async throws {
        let drifts = try await database.read(SchemaShape.read).drift(from: run.expected)
        let blocking = drifts.filter(\.isBlocking)
        guard blocking.isEmpty else { throw MigratorError.drifted(blocking, hasRolledBack: false) }
        if run.plan.ahead.isEmpty, !drifts.isEmpty {
            logger.warning(
                "the schema has more than this program's migrations make; it is left alone",
                metadata: ["objects": "\(drifts.map { "\($0.object) \($0.name)" }.joined(separator: ", "))"])
        }
        guard run.plan.needsSealing else { return }
        try await database.alterSchema(progress: progress) { _ = try run.run(on: $0) }
        logger.info("the history of migrations has got its sums")
    }

    static func holdsTables(_ connection: any SQLConnection) throws -> Bool {
        try connection.row("SELECT 1 FROM sqlite_schema WHERE type = 'table' LIMIT 1") != nil
    }
}
