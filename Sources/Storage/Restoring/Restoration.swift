import Logging
package import Vocabulary

/// Which backup is meant.
package enum BackupChoice: Hashable, Sendable {
    /// The newest verified one, at or before a time where one is given.
    case newest(at: Timestamp?)
    /// A backup's folder, its name among the backups, or a database file without a manifest.
    case named(String)
}

/// What a restore did.
package struct RestoreReport: Hashable, Sendable, Codable {
    /// Of the backup.
    package var backup: String
    /// The moment that the data are of now.
    package var from: Timestamp
    /// The last write to what was there before: what was written after `from` up to here is not in the database any more.
    package var to: Timestamp?
    /// By table: how many rows fewer there are now; tables without a difference are left out. Nil when the old database can't be read.
    package var missing: [String: Int]?
    /// Where what was there before lies now; nil when there was nothing.
    package var aside: String?
    package var epoch: String
    package var rows: Int
    package var milliseconds: Int64
    /// The backup had a manifest, and all is as it says.
    package var isVerified: Bool
}

/// Puts a backup in the place of a database. Blocks: see `QuietThread`.
package struct Restoration: Sendable {
    private let vault: BackupVault
    private let schemas: [Schema]

    /// - Parameter schemas: of this program, which has to know what the backup's database went through.
    package init(_ vault: BackupVault, schemas: [Schema]) {
        self.vault = vault
        self.schemas = Migrator.withStorage(schemas)
    }

    /// Checks the backup, restores it beside the database with a new epoch, and exchanges the two. What was there is kept in `replaced/`.
    /// - Throws: `StorageError.inUse` while a server runs, `BackupError`; the data are then as they were.
    package func run(_ choice: BackupChoice, checkingOnly: Bool = false) throws -> RestoreReport {
        let watch = ContinuousClock()
        let start = watch.now
        try DataDirectory.make(vault.directory)
        let lock = try DirectoryLock(directory: vault.directory)
        defer { lock.release() }
        let pending = PendingRestore(directory: vault.directory)
        try pending.finish()
        let source = try RestoreSource(choice, vault)
        try checkRoom(for: source)
        let staging = try pending.begin()
        do {
            var report = try stage(source, in: staging)
            (report.to, report.missing) = present(comparedWith: report, staged: staging)
            if checkingOnly {
                Folder.remove(staging)
            } else {
                report.aside = try exchange(pending)
            }
            report.milliseconds = (watch.now - start).wholeMilliseconds
            return report
        } catch {
            // Once it is decided the next start finishes it; before, nothing has happened.
            if !Folder.exists(staging + "/commit") { Folder.remove(staging) }
            throw error
        }
    }

    private func stage(_ source: RestoreSource, in staging: String) throws -> RestoreReport {
        let path = "\(staging)/\(BackupVault.databaseName)"
        try source.copy(to: staging)
        let database = try SQLiteFile(path, .readWrite)
        try source.check(database)
        try checkHistory(database, of: source.path)
        let epoch = try renew(database)
        let rows = try database.tables().reduce(0) { try $0 + Self.count($1, database) }
        return RestoreReport(
            backup: source.path, from: source.time, epoch: epoch, rows: rows, milliseconds: 0, isVerified: source.manifest != nil)
    }

    /// Numbers that clients hold go on from what is lost: under another epoch nobody takes them for those that come now.
    private func renew(_ database: SQLiteFile) throws -> String {
        _ = try database.row("PRAGMA journal_mode = DELETE", [])
        _ = try database.row("PRAGMA synchronous = FULL", [])
        guard try database.row("SELECT 1 FROM sqlite_schema WHERE name = 'instance'", []) != nil else { return "" }
        return try Epoch.renew(database).text
    }

    private func checkHistory(_ database: SQLiteFile, of path: String) throws {
        do {
            _ = try MigrationPlan.make(history: try SchemaHistory(SQLiteCatalogue()).read(database), schemas: schemas)
        } catch MigratorError.newer(let migrations) {
            throw BackupError.newer(path: path, migrations: migrations)
        }
    }

    /// What the present database has more than the restored one, as far as it can be read.
    private func present(comparedWith report: RestoreReport, staged: String) -> (Timestamp?, [String: Int]?) {
        let path = "\(vault.directory)/\(BackupVault.databaseName)"
        let last = [path, path + "-wal"].compactMap { Folder.lastWrite($0) }.max().map { Timestamp(milliseconds: $0) }
        guard last != nil else { return (nil, [:]) }
        do {
            let (old, new) = (try SQLiteFile(path, .readOnly), try SQLiteFile("\(staged)/\(BackupVault.databaseName)", .readOnly))
            let known = Set(try new.tables())
            let missing = try old.ownTables().map { ($0, try Self.count($0, old) - (known.contains($0) ? try Self.count($0, new) : 0)) }
            return (last, Dictionary(missing.filter { $0.1 != 0 }, uniquingKeysWith: { first, _ in first }))
        } catch {
            return (last, nil)
        }
    }

    private static func count(_ table: String, _ database: SQLiteFile) throws -> Int {
        try database.row("SELECT count(*) FROM \(SQLiteFile.quoted(table))", [])?.get(0) ?? 0
    }

    private func exchange(_ pending: PendingRestore) throws -> String? {
        let wasThere = Folder.exists("\(vault.directory)/\(BackupVault.databaseName)")
        let base = "replaced/" + vault.clock.now().rfc3339.filter { $0 != ":" }
        let aside = (1...).lazy.map { $0 == 1 ? base : "\(base)-\($0)" }.first { !Folder.exists("\(vault.directory)/\($0)") } ?? base
        try pending.commit(aside: aside)
        try pending.finish()
        return wasThere ? "\(vault.directory)/\(aside)" : nil
    }

    private func checkRoom(for source: RestoreSource) throws {
        let needed = source.bytes * 2 + (1 << 20)
        guard let free = Folder.free(vault.directory), free < needed else { return }
        throw BackupError.noRoom(folder: vault.directory, needed: needed, free: free)
    }
}
