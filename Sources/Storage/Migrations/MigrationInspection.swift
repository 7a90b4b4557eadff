package import Vocabulary

/// Of a data directory with a SQLite database.
package struct MigrationInspection: SchemaInspection {
    private let directory: String
    private let schemas: [Schema]
    private let clock: any WallClock
    private let version: String
    private var path: String { "\(directory)/\(BackupVault.databaseName)" }

    package init(directory: String, schemas: [Schema], clock: any WallClock, version: String) {
        self.directory = directory
        self.schemas = Migrator.withStorage(schemas)
        self.clock = clock
        self.version = version
    }

    package func status() throws -> MigrationStatus {
        let history = try history()
        let plan = try MigrationPlan.make(history: history, schemas: schemas)
        return MigrationStatus(database: path, history: history, plan: plan, holder: DirectoryHolder.of(directory: directory))
    }

    package func verify() throws -> SchemaVerification {
        let history = try history()
        let plan = try MigrationPlan.make(history: history, schemas: schemas)
        let expected = try ExpectedSchema.make(schemas.keeping(history))
        let found = try read { try $0.map(SchemaShape.read) ?? SchemaShape() }
        return SchemaVerification(
            database: path, expected: expected.fingerprint, found: found.fingerprint, drifts: found.drift(from: expected), plan: plan)
    }

    /// Rehearses what is pending on a copy of the database, made beside it and deleted again.
    package func plan() throws -> MigrationPlanReport {
        let plan = try MigrationPlan.make(history: try history(), schemas: schemas)
        let isOnExisting = try read { try $0.map(Migrator.holdsTables) ?? false }
        var report = MigrationPlanReport(
            database: path, plan: plan,
            lock: "writes wait while it runs, reads go on; all of it is one transaction", backsUp: isOnExisting && !plan.pending.isEmpty)
        guard isOnExisting, !plan.pending.isEmpty else { return report }
        try rehearse(plan, into: &report)
        return report
    }

    private func rehearse(_ plan: MigrationPlan, into report: inout MigrationPlanReport) throws {
        let stage = "\(directory)/.rehearsal"
        Folder.remove(stage)
        let size = Folder.size(path) ?? 0
        if let free = Folder.free(directory), free < size * 2 + (1 << 20) {
            throw BackupError.noRoom(folder: directory, needed: size * 2 + (1 << 20), free: free)
        }
        try DataDirectory.make(stage)
        defer { Folder.remove(stage) }
        let watch = ContinuousClock()
        let start = watch.now
        let copy = try copied(to: "\(stage)/\(BackupVault.databaseName)")
        let copied = watch.now - start
        let run = TransactionalRun(
            plan: plan, expected: try ExpectedSchema.make(schemas), isOnExisting: true, clock: clock, version: version, watch: { _ in })
        let begun = watch.now
        var failure: String?
        do {
            report.add(try Self.commit(run, on: copy))
        } catch {
            failure = "\(error)"
        }
        report.rehearsal = .init(
            milliseconds: (watch.now - begun).fractionalMilliseconds, copiedBytes: size, copyMilliseconds: copied.fractionalMilliseconds,
            failure: failure)
    }

    private func copied(to path: String) throws -> SQLiteFile {
        try DataDirectory.makeFile(path)
        let copy = try SQLiteFile(path, .readWrite)
        _ = try copy.row("PRAGMA synchronous = OFF", [])
        let source = try SQLiteFile(self.path, .readOnly)
        try source.snapshot { try source.copy(to: copy, pause: {}) }
        // As the server's own: the time that is measured includes the disk's.
        _ = try copy.row("PRAGMA synchronous = FULL", [])
        _ = try copy.row("PRAGMA journal_mode = WAL", [])
        return copy
    }

    private static func commit(_ run: TransactionalRun, on copy: SQLiteFile) throws -> [TransactionalRun.Measured] {
        _ = try copy.row("PRAGMA foreign_keys = OFF", [])
        try copy.execute("BEGIN IMMEDIATE", [])
        let measured = try run.run(on: copy)
        try SQLiteDatabase.checkReferences(copy)
        try copy.execute("COMMIT", [])
        return measured
    }

    private func history() throws -> [LandedMigration] {
        try read { try $0.map(SchemaHistory(SQLiteCatalogue()).read) ?? [] }
    }

    /// `body` gets nil when there is no database yet.
    private func read<Value>(_ body: (SQLiteFile?) throws -> Value) throws -> Value {
        guard let size = Folder.size(path), size > 0 else { return try body(nil) }
        let file = try SQLiteFile(path, .readOnly)
        return try file.snapshot { try body(file) }
    }
}

extension MigrationPlanReport {
    fileprivate mutating func add(_ measured: [TransactionalRun.Measured]) {
        for one in measured {
            guard let place = pending.firstIndex(where: { $0.id == one.migration }) else { continue }
            let took = one.took.fractionalMilliseconds
            pending[place].rows = (pending[place].rows ?? 0) + one.rows
            pending[place].milliseconds = (pending[place].milliseconds ?? 0) + took
            guard pending[place].statements.indices.contains(one.statement - 1) else { continue }
            pending[place].statements[one.statement - 1].rows = one.rows
            pending[place].statements[one.statement - 1].milliseconds = took
            pending[place].statements[one.statement - 1].isAdopted = one.isAdopted
        }
    }
}

extension Duration {
    /// To the microsecond.
    fileprivate var fractionalMilliseconds: Double {
        let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        return Double(microseconds) / 1_000
    }
}
