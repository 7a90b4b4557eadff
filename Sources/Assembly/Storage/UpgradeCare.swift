import Fleet
import Logging
import Settings
import Storage
import Vocabulary

/// What is done before the schema of a shared database changes: there it can't be taken back as a whole, and others may be at work on it.
struct UpgradeCare: Sendable {
    let settings: Settings
    let clock: any WallClock
    let logger: Logger
    /// Told that a long backup goes on.
    let progress: @Sendable () -> Void

    /// Bytes of a database, by its server's estimate, from which on a copy through this program takes too long to wait for.
    static let largest: Int64 = 2 << 30

    /// - Parameter size: of the database in bytes.
    /// - Throws: `MigratorError.othersServe`, `MigratorError.backup`: nothing was changed.
    func before(
        _ pending: [MigrationPlan.Step], landed: [LandedMigration], size: Int64, on database: any HouseDatabase
    ) async throws {
        let breaking = pending.filter { !$0.migration.previousReleaseRuns }
        if !breaking.isEmpty, landed.contains(where: { $0.id == "fleet.0001" }) { try await waitForNobody(breaking, database) }
        guard let first = pending.first else { return }
        do {
            try await backUp(database, of: size, before: first.id)
        } catch let error as MigratorError where breaking.isEmpty {
            logger.warning("no backup before a change of the schema, which only adds something", metadata: ["reason": "\(error)"])
        }
    }

    /// Instances of the release before would fail behind the change: they have to be gone.
    private func waitForNobody(_ breaking: [MigrationPlan.Step], _ database: any HouseDatabase) async throws {
        progress()
        let others = try await HouseStore.instances(at: database)
        guard others.isEmpty else { throw MigratorError.othersServe(instances: others, migrations: breaking.map(\.id)) }
    }

    private func backUp(_ database: any HouseDatabase, of size: Int64, before id: String) async throws {
        let folder = settings[HouseSettings.backupDirectory] ?? settings[HouseSettings.dataDirectory] + "/backups"
        if let reason = Self.reason(against: size, settings) {
            // Who switched backups off has others.
            guard settings[HouseSettings.backupEvery] > .zero else {
                return logger.notice("no backup before a change of the schema", metadata: ["reason": "\(reason)"])
            }
            throw MigratorError.backup(path: folder, reason: reason)
        }
        do {
            let backup = ServerBackup(source: database, settings: settings, clock: clock, logger: logger, progress: progress)
            let made = try await backup.make(.migration(id), in: nil, pause: progress)
            logger.notice(
                "database backed up before a change of its schema", metadata: ["path": "\(made.path)", "rows": "\(made.manifest.rows)"])
        } catch {
            throw MigratorError.backup(path: folder, reason: "\(error)")
        }
    }

    /// Why no backup is made before a migration, and what to do instead; nil where one is made.
    /// - Parameter size: of the database in bytes.
    static func reason(against size: Int64, _ settings: Settings) -> String? {
        let tools = "the database server's own tools (mariadb-dump or mysqldump with --single-transaction, mariadb-backup)"
        guard settings[HouseSettings.backupEvery] > .zero else { return "BACKUP_EVERY=0s leaves backups to \(tools)" }
        guard size > largest else { return nil }
        return
            "the database has about \(ByteText.write(size)), and from \(ByteText.write(largest)) on \(tools) are quicker; make one with them, "
            + "then start once with BACKUP_EVERY=0s"
    }
}
