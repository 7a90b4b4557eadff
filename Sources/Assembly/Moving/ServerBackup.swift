import FoundationEssentials
import Logging
import Settings
import Storage
import Vocabulary

/// A backup of a database server's database: copied whole into a SQLite file, which is then backed up as any other.
///
/// It is proved twice: row by row against the server in one snapshot, and by the trial that every backup has to pass.
struct ServerBackup: Sendable {
    let source: any Database
    let settings: Settings
    let clock: any WallClock
    let logger: Logger
    /// Told now and then that it goes on.
    var progress: @Sendable () -> Void = {}

    /// - Throws: `CopyError`, `BackupError`, `StorageError`; `BackupError.stopped` when the task is cancelled.
    func make(_ reason: BackupReason, in folder: String?, pause: @escaping @Sendable () throws -> Void = {}) async throws -> VerifiedBackup
    {
        let directory = settings[HouseSettings.dataDirectory]
        try DataDirectory.make(directory)
        removeOld(in: directory)
        let stage = "\(directory)/\(Self.prefix)\(clock.now().milliseconds)-\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: stage) }
        do {
            try await copy(to: stage)
        } catch is CancellationError {
            throw BackupError.stopped
        }
        // Journals are each instance's own, and the key is a setting: the database is all that is shared.
        let vault = BackupVault(
            directory: stage, folder: folder ?? settings[HouseSettings.backupDirectory] ?? directory + "/backups", clock: clock,
            version: House.version)
        return try await QuietThread.run { try vault.make(reason, pause: pause) }
    }

    private static let prefix = ".copying-"

    private func copy(to stage: String) async throws {
        let quiet = Logger(label: "backup") { _ in SwiftLogNoOpLogHandler() }
        let target = try SQLiteDatabase.open(directory: stage, logger: quiet)
        do {
            let schemas = try await landed()
            try await Migrator(schemas: schemas, logger: quiet, clock: clock, version: House.version).migrate(target)
            _ = try await StorageCopy(
                from: source, to: target, schemas: schemas, clock: clock, progress: { [progress] _, _, _ in progress() }
            ).run()
            // A copy that is finished says so in its books; a backup is not the target of one.
            try await target.write { _ = try $0.execute("DELETE FROM storage_copy") }
            try await target.close()
        } catch {
            try? await target.close()
            throw error
        }
    }

    /// Rows of an older schema don't fit into a newer one's tables: the copy has the schema that the source has.
    private func landed() async throws -> [Schema] {
        let history = try await source.read { connection in
            try connection.rows("SELECT id FROM schema_history").map { LandedMigration(id: try $0.get(0), checksum: "") }
        }
        // The copy's own books are the target's, whatever the source has.
        return HouseSchema.schemas.keeping(history).map { $0.room == CopyBooks.schema.room ? CopyBooks.schema : $0 }
    }

    /// What broken-off runs left. Younger ones may be under way.
    private func removeOld(in directory: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] where name.hasPrefix(Self.prefix) {
            let began = Int64(name.dropFirst(Self.prefix.count).prefix { $0 != "-" }) ?? 0
            guard clock.now().milliseconds - began > 86_400_000 else { continue }
            try? FileManager.default.removeItem(atPath: "\(directory)/\(name)")
        }
    }
}
