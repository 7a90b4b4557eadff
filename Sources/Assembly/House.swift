import BlackBox
import Bus
import Console
package import Desk
import Fleet
package import Gateway
package import Logging
package import People
package import Settings
import NIOPosix
import Relay
import ServiceLifecycle
import Storage
import Vocabulary
import WebServer

/// The whole program: leaves first, handed up through initialisers.
package struct House: Sendable {
    package let people: PeopleRoom
    package let desk: DeskRoom
    package let gateway: GatewayRoom
    let ground: HouseGround
    /// Who else works on this database.
    let fleet: FleetRoom
    let bus: HouseBus
    var database: any HouseDatabase { ground.database }
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
        try HouseGround.checkHouseKey(settings)
        let ground = try await HouseGround.open(
            settings, patience: mayChangeHouseKey ? serverPatience : .zero, logger: logger, diskFailed: { DiskFailure.end($0, logger) })
        do {
            life.enter(.migrations)
            try await migrator(settings, clock: clock, life: life, logger: logger).migrate(ground.database)
            try await CopyBooks.check(ground.database)
            life.enter(.warm)
            let fleet = try await FleetRoom.open(
                ground.database, isSingle: ground.database.isSingleHouse, name: instanceName, version: version, clock: clock,
                logger: logger)
            var foundation = GatewayFoundation(settings)
            // One instance that came up with another key would end what the others' credentials are sealed with.
            foundation.mayChangeHouseKey = mayChangeHouseKey && fleet.others.isEmpty
            if isBeside { foundation.predecessor = { await life.untilAlone() } }
            foundation.hasHealthChecks = !life.isOff(.healthChecks)
            foundation.checking = { OptionalPart.healthChecks.begin() }
            do {
                return try await House(ground: ground, fleet: fleet, clock: clock, settings: settings, gateway: foundation, logger: logger)
            } catch {
                // Or the next start takes this one for somebody who still works on the database.
                try? await fleet.leave()
                throw error
            }
        } catch {
            try? await ground.close()
            throw error
        }
    }

    /// Filling the search's index.
    private static let searchLease = LeaseName("desk.search")

    /// How long a server that starts waits for its database's: machines that are switched on together come up in any order.
    private static let serverPatience = Duration.seconds(20)

    private init(
        ground: HouseGround, fleet: FleetRoom, clock: any WallClock, settings: Settings, gateway foundation: GatewayFoundation,
        logger: Logger
    ) async throws {
        let database = ground.database
        let epoch = try await database.read { try Epoch.read($0) }
        let joined = try HouseBus.make(settings, fleet: fleet, house: epoch.text, logger: logger)
        let bus = joined.bus
        people = PeopleRoom(
            database: database, bus: bus, clock: clock, shops: DeskStaffing(), passwords: try PasswordHasher(),
            isShared: !fleet.isSingle, logger: logger)
        desk = DeskRoom(
            database: database, bus: bus, clock: clock, directory: PeopleDirectory(people: people), epoch: epoch.text,
            limits: DeskLimits(settings), sharing: fleet.isSingle ? nil : DeskSharing(instance: fleet.id, looksEvery: joined.looksEvery),
            isOnDuty: { fleet.leases.holds(Self.searchLease) })
        let people = people
        gateway = try await GatewayRoom.open(
            foundation, database: database, fleet: fleet, bus: bus, clock: clock,
            isFirst: { workspace in try await people.workspaces.all().first?.id == workspace }, logger: logger)
        self.ground = ground
        self.fleet = fleet
        fleet.leases.want(Self.backupLease)
        fleet.leases.want(Self.searchLease)
        self.bus = joined
        self.settings = settings
        self.logger = logger
        self.clock = clock
    }

    /// Finishes what is being written and lets the data directory go.
    package func close() async {
        do {
            try await fleet.leave()
            try await ground.close()
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
