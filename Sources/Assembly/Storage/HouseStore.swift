package import Logging
package import Settings
package import Storage
import BlackBox
import Fleet
import Synchronization
import Vocabulary

/// The data directory as the command line works on it: schema, backups, restore.
package struct HouseStore: Sendable {
    let settings: Settings
    let logger: Logger
    let clock: any WallClock = SystemClock()

    var directory: String { settings[HouseSettings.dataDirectory] }

    package init(_ settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Looks at the schema; changes nothing.
    package func inspection() throws -> any SchemaInspection {
        try HouseGround.inspection(
            settings[HouseSettings.databaseURL], directory: directory, clock: clock,
            backupNote: { [settings] in UpgradeCare.reason(against: $0, settings) })
    }

    /// Runs what is pending. No server may run.
    /// - Returns: the migrations that ran.
    /// - Throws: `MigratorError`, `StorageError`, `BackupError.notOwner`.
    package func apply() async throws -> [String] {
        try OwnerCheck.check(directory)
        let ground = try await HouseGround.open(settings, logger: logger)
        do {
            let ran = try await House.migrator(settings, clock: clock, logger: logger).migrate(ground.database)
            try await ground.close()
            return ran
        } catch {
            try? await ground.close()
            throw error
        }
    }

    /// Makes one, beside a running server as well.
    /// - Parameter folder: nil for where backups always lie.
    package func backUp(to folder: String?) async throws -> VerifiedBackup {
        guard let server = settings.databaseServer else {
            try OwnerCheck.check(directory)
            let vault = BackupVault(settings, folder: folder, clock: clock)
            return try await QuietThread.run { try vault.make(.asked) }
        }
        let database = try await HouseGround.open(server, logger: logger)
        do {
            let backup = try await ServerBackup(source: database, settings: settings, clock: clock, logger: logger).make(.asked, in: folder)
            try await database.close()
            return backup
        } catch {
            try? await database.close()
            throw error
        }
    }

    /// The verified ones, oldest first.
    package func backups(in folder: String?) async throws -> [VerifiedBackup] {
        let vault = BackupVault(settings, folder: folder, clock: clock)
        return try await QuietThread.run { vault.all() }
    }

    /// Puts a backup in the database's place. No server may run.
    /// - Throws: `SharingError.onlyForFiles` where the database is a server's.
    package func restore(_ choice: BackupChoice, checkingOnly: Bool) async throws -> RestoreReport {
        guard settings.databaseServer == nil else {
            throw SharingError.onlyForFiles(
                "a backup is put into a database server's empty database by `switchboard storage copy --from sqlite:<backup's folder> "
                    + "--to mysql://… --new-epoch`, which DATABASE_URL is then set to")
        }
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
        let care = UpgradeCare(settings: settings, clock: clock, logger: logger, progress: { pace.step() })
        return Migrator(
            schemas: HouseSchema.schemas, logger: logger, clock: clock, version: version,
            vault: { _ in BackupVault(settings, clock: clock) }, progress: { pace.step() },
            precaution: { try await care.before($1, landed: $2, size: $3, on: $0) }, watch: { Faults.migrating($0) })
    }

    /// Backups of a shared database are one instance's work.
    static let backupLease = LeaseName("backups")

    private var serverBackup: ServerBackup? {
        guard !database.isSingleHouse else { return nil }
        return ServerBackup(source: database, settings: settings, clock: clock, logger: logger)
    }

    /// Makes backups while the house is open.
    var backups: BackupService {
        BackupService(
            vault: BackupVault(settings, clock: clock), server: serverBackup, isOurs: { [fleet] in fleet.leases.holds(Self.backupLease) },
            retention: BackupRetention(settings),
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
