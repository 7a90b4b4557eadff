package import Logging
package import Settings
package import Storage
import BlackBox
import Synchronization
import Vocabulary

/// The data directory as the command line works on it: schema, backups, restore.
package struct HouseStore: Sendable {
    private let settings: Settings
    private let logger: Logger
    private let clock: any WallClock = SystemClock()

    private var directory: String { settings[HouseSettings.dataDirectory] }

    package init(_ settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Looks at the schema; changes nothing.
    package var inspection: MigrationInspection {
        MigrationInspection(directory: directory, schemas: HouseSchema.schemas, clock: clock, version: House.version)
    }

    /// Runs what is pending. No server may run.
    /// - Returns: the migrations that ran.
    /// - Throws: `MigratorError`, `StorageError`, `BackupError.notOwner`.
    package func apply() async throws -> [String] {
        try OwnerCheck.check(directory)
        let database = try SQLiteDatabase.open(directory: directory, logger: logger)
        do {
            let ran = try await House.migrator(settings, clock: clock, logger: logger).migrate(database)
            try await database.close()
            return ran
        } catch {
            try? await database.close()
            throw error
        }
    }

    /// Makes one, beside a running server as well.
    /// - Parameter folder: nil for where backups always lie.
    package func backUp(to folder: String?) async throws -> VerifiedBackup {
        try OwnerCheck.check(directory)
        let vault = BackupVault(settings, folder: folder, clock: clock)
        return try await QuietThread.run { try vault.make(.asked) }
    }

    /// The verified ones, oldest first.
    package func backups(in folder: String?) async throws -> [VerifiedBackup] {
        let vault = BackupVault(settings, folder: folder, clock: clock)
        return try await QuietThread.run { vault.all() }
    }

    /// Puts a backup in the database's place. No server may run.
    package func restore(_ choice: BackupChoice, checkingOnly: Bool) async throws -> RestoreReport {
        try OwnerCheck.check(directory)
        let restoration = Restoration(BackupVault(settings, clock: clock), schemas: HouseSchema.schemas)
        return try await QuietThread.run { try restoration.run(choice, checkingOnly: checkingOnly) }
    }
}

extension House {
    /// Brings a database to this program's schema, after a backup where there is something to lose.
    /// - Parameter life: is told that a long run goes on, so that nobody takes it for one that hangs.
    static func migrator(_ settings: Settings, clock: any WallClock, life: WorkerLife? = nil, logger: Logger) -> Migrator {
        let pace = Pace(.seconds(5)) { life?.enter(.migrations) }
        return Migrator(
            schemas: HouseSchema.schemas, logger: logger, clock: clock, version: version,
            vault: { _ in BackupVault(settings, clock: clock) }, progress: { pace.step() })
    }

    /// Makes backups while the house is open.
    var backups: BackupService {
        BackupService(
            vault: BackupVault(settings, clock: clock), retention: BackupRetention(settings),
            timetable: BackupTimetable(every: settings[HouseSettings.backupEvery]), clock: clock, logger: logger)
    }
}

/// Passes on a step now and then.
private final class Pace: Sendable {
    private let period: Duration
    private let body: @Sendable () -> Void
    private let next: Mutex<ContinuousClock.Instant>

    init(_ period: Duration, _ body: @escaping @Sendable () -> Void) {
        self.period = period
        self.body = body
        next = Mutex(ContinuousClock().now + period)
    }

    func step() {
        let now = ContinuousClock().now
        let isDue = next.withLock { next in
            guard now >= next else { return false }
            next = now + period
            return true
        }
        if isDue { body() }
    }
}
