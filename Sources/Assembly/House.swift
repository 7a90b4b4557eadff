import BlackBox
import Bus
import Console
package import Desk
package import Gateway
package import Logging
package import People
package import Settings
import NIOPosix
import Relay
import Storage
import Vocabulary
import WebServer

/// The whole program: leaves first, handed up through initialisers.
package struct House: Sendable {
    package let people: PeopleRoom
    package let desk: DeskRoom
    package let gateway: GatewayRoom
    let database: SQLiteDatabase
    /// Counts what all its ports answer.
    let web = WebFigures()
    let settings: Settings
    let logger: Logger
    let clock: any WallClock

    /// The program's version, as `switchboard --version` and the migration history name it.
    package static let version = "0.1.0"

    /// Opens the database, brings its schema up to date and builds the rooms.
    /// - Parameters:
    ///   - mayChangeHouseKey: whether it goes on with another house key than the last start had, as a server does; a command that was called
    ///     without `HOUSE_KEY` must not.
    ///   - isBeside: the worker before this one has let the data go, but still carries streams.
    ///   - life: hears of the stages of a server's start.
    /// - Throws: `StorageError`, `MigratorError`, `GatewayError`.
    package static func open(
        _ settings: Settings, mayChangeHouseKey: Bool = false, isBeside: Bool = false, life: WorkerLife = WorkerLife(),
        logger: Logger
    ) async throws -> House {
        let clock = SystemClock()
        life.enter(.storage)
        let database = try SQLiteDatabase.open(
            directory: settings[HouseSettings.dataDirectory], logger: logger, diskFailed: { DiskFailure.end($0, logger) })
        do {
            life.enter(.migrations)
            try await migrator(settings, clock: clock, life: life, logger: logger).migrate(database)
            life.enter(.warm)
            var foundation = GatewayFoundation(settings)
            foundation.mayChangeHouseKey = mayChangeHouseKey
            if isBeside { foundation.predecessor = { await life.untilAlone() } }
            return try await House(database: database, clock: clock, settings: settings, gateway: foundation, logger: logger)
        } catch {
            try? await database.close()
            throw error
        }
    }

    private init(
        database: SQLiteDatabase, clock: any WallClock, settings: Settings, gateway foundation: GatewayFoundation, logger: Logger
    ) async throws {
        let bus = LocalBus()
        let epoch = try await database.read { try Epoch.read($0) }
        people = PeopleRoom(
            database: database, bus: bus, clock: clock, shops: DeskStaffing(), passwords: try PasswordHasher(), logger: logger)
        desk = DeskRoom(
            database: database, bus: bus, clock: clock, directory: PeopleDirectory(people: people), epoch: epoch.text,
            limits: DeskLimits(settings))
        let people = people
        gateway = try await GatewayRoom.open(
            foundation, database: database, clock: clock,
            isFirst: { workspace in try await people.workspaces.all().first?.id == workspace }, logger: logger)
        self.database = database
        self.settings = settings
        self.logger = logger
        self.clock = clock
    }

    /// Finishes what is being written and lets the data directory go.
    package func close() async {
        do {
            try await database.close()
        } catch {
            logger.error("storage did not close cleanly", metadata: ["error": "\(error)"])
        }
    }
}

extension GatewayFoundation {
    fileprivate init(_ settings: Settings) {
        self.init(
            dataDirectory: settings[HouseSettings.dataDirectory], houseKey: settings[HouseSettings.houseKey],
            environment: settings.gatewayEnvironment, eventLoops: MultiThreadedEventLoopGroup.singleton)
        connections.authorities = settings[HouseSettings.authorities]
    }
}

extension DeskLimits {
    fileprivate init(_ settings: Settings) {
        self.init()
        customerSends = settings[HouseSettings.customerRate]
        staffSends = settings[HouseSettings.staffRate]
        newCustomers = settings[HouseSettings.arrivalRate]
    }
}
