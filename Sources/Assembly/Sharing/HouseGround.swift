import FoundationEssentials
import Logging
import Settings
import Storage
import Vocabulary

#if MySQL
    import MySQLStorage
#endif

/// What a house stands on: a data directory that is this process's alone, and a database.
struct HouseGround: Sendable {
    let database: any HouseDatabase
    /// Of the data directory where the database itself lies elsewhere: the ledger's journal and the sockets in it are one process's.
    private let lock: DirectoryLock?

    /// - Parameters:
    ///   - patience: how long to wait for a database server that isn't up yet.
    ///   - diskFailed: see `SQLiteDatabase.open`.
    /// - Throws: `StorageError`, `SharingError`.
    static func open(
        _ settings: Settings, patience: Duration = .zero, logger: Logger, diskFailed: (@Sendable (StorageError) -> Void)? = nil
    ) async throws -> HouseGround {
        let directory = settings[HouseSettings.dataDirectory]
        guard let server = settings.databaseServer else {
            if settings[HouseSettings.redisURL] != nil {
                logger.warning("REDIS_URL is set but DATABASE_URL is not: nobody shares a SQLite database, so Redis is not used")
            }
            return HouseGround(
                database: try SQLiteDatabase.open(directory: directory, logger: logger, diskFailed: diskFailed), lock: nil)
        }
        try checkFeatures(settings)
        try DataDirectory.make(directory)
        let lock = try DirectoryLock(directory: directory)
        do {
            return HouseGround(database: try await open(server, patience: patience, logger: logger), lock: lock)
        } catch {
            lock.release()
            throw error
        }
    }

    /// A database server's database, without a data directory.
    /// - Parameter isQuick: for a look: who doesn't answer in three seconds doesn't answer.
    static func open(
        _ server: ServerAddress, isQuick: Bool = false, patience: Duration = .zero, logger: Logger
    ) async throws -> any HouseDatabase {
        #if MySQL
            var configuration = MySQLConfiguration(server)
            if isQuick { (configuration.connectTimeout, configuration.patience) = (.seconds(3), .seconds(3)) }
            return try await MySQLDatabase.open(configuration, logger: logger, patience: patience)
        #else
            throw SharingError.missingFeatures([.mySQL])
        #endif
    }

    /// - Throws: `SharingError` for what the settings ask of this program and it can't do.
    static func checkFeatures(_ settings: Settings) throws {
        let missing = HouseFeature.missing(for: settings)
        guard missing.isEmpty else { throw SharingError.missingFeatures(missing) }
    }

    /// A key that this instance made for itself would open nothing that the others sealed.
    static func checkHouseKey(_ settings: Settings) throws {
        guard settings.databaseServer != nil, settings[HouseSettings.houseKey]?.reveal().isEmpty ?? true else { return }
        let path = settings[HouseSettings.dataDirectory] + "/house.key"
        guard !FileManager.default.fileExists(atPath: path) else { return }
        throw SharingError.noHouseKey(path: path)
    }

    /// Finishes what is being written and lets the data directory go.
    func close() async throws {
        defer { lock?.release() }
        try await database.close()
    }
}

#if MySQL
    extension MySQLConfiguration {
        init(_ server: ServerAddress) {
            self.init(
                host: server.host, port: server.port, user: server.user, password: server.password, database: server.database,
                tls: server.tls, authorities: server.authorities)
        }
    }
#endif

extension HouseGround {
    /// Looks at the schema; changes nothing.
    /// - Parameters:
    ///   - directory: of a file whose folder isn't named.
    ///   - backupNote: given the bytes of a server's database: why no backup is made before it changes; nil where one is.
    /// - Throws: `SharingError.missingFeatures`.
    static func inspection(
        _ address: DatabaseAddress, directory: String, clock: any WallClock,
        backupNote: @escaping @Sendable (Int64) -> String? = { _ in nil }
    ) throws -> any SchemaInspection {
        switch address {
        case .file(let folder):
            return MigrationInspection(
                directory: folder ?? directory, schemas: HouseSchema.schemas, clock: clock, version: House.version)
        case .server(let server):
            #if MySQL
                return MySQLInspection(MySQLConfiguration(server), schemas: HouseSchema.schemas, backupNote: backupNote)
            #else
                throw SharingError.missingFeatures([.mySQL])
            #endif
        }
    }
}

/// The doctor's look at a schema, of whatever engine.
struct HouseInspection: SchemaInspection {
    let settings: Settings

    init(_ settings: Settings) {
        self.settings = settings
    }

    func status() throws -> MigrationStatus { try found().status() }
    func verify() throws -> SchemaVerification { try found().verify() }
    func plan() throws -> MigrationPlanReport { try found().plan() }

    private func found() throws -> any SchemaInspection {
        try HouseGround.inspection(
            settings[HouseSettings.databaseURL], directory: settings[HouseSettings.dataDirectory], clock: SystemClock())
    }
}
