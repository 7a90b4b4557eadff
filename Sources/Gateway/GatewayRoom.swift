package import Bus
package import Fleet
import FoundationEssentials
package import Logging
package import NIOCore
package import Relay
import Routing
package import Storage
package import Vocabulary

/// What the gateway is built from besides the database.
package struct GatewayFoundation: Sendable {
    /// Where its key and its ledger are kept; exists and is this process's alone.
    package var dataDirectory: String
    /// `HOUSE_KEY`, base64.
    package var houseKey: Secret<String>?
    /// Whether another house key than before is taken as it is; who only looks in must not change it by mistake.
    package var mayChangeHouseKey = false
    /// Returns when the process before this one has ended; nil when it has. It has let the database go and still carries streams, whose cost it
    /// writes into segments of the ledger's journal of its own.
    package var predecessor: (@Sendable () async -> Void)?
    /// Whether nodes are asked by schedule how they are; a person can always ask.
    package var hasHealthChecks = true
    /// Told when a scheduled check of a node begins; what it returns is called when that has ended.
    package var checking: @Sendable () -> @Sendable () -> Void = { {} }
    /// The variables that settings of the running gateway may come from.
    package var environment: [String: String]
    /// How long a request waits to be told what its key has left of limits that other instances take from too.
    package var limitsPatience = Duration.seconds(3)
    package var connections: NodeConnectionRules
    /// Of the web server: connections to nodes live on the loops of their clients'.
    package var eventLoops: any EventLoopGroup

    package init(
        dataDirectory: String, houseKey: Secret<String>? = nil, environment: [String: String] = [:],
        connections: NodeConnectionRules = NodeConnectionRules(), eventLoops: any EventLoopGroup
    ) {
        self.dataDirectory = dataDirectory
        self.houseKey = houseKey
        self.environment = environment
        self.connections = connections
        self.eventLoops = eventLoops
    }
}

/// The gateway's front: hands out its nouns.
package struct GatewayRoom: Sendable {
    package static let schema = GatewaySchema.schema

    package let keys: GatewayKeys
    package let nodes: Nodes
    package let prices: Prices
    package let usage: Usage
    package let ledger: Ledger
    package let settings: GatewaySettings
    package let audit: AuditLog
    package let health: Health
    package let live: LiveBoard
    package let control: TrafficControl
    package let models: ModelLists
    package let traffic: Traffic
    let database: any Database
    let connections: NodeConnections
    let mover: LedgerService
    let predecessor: (@Sendable () async -> Void)?
    /// What is done once for all instances is this one's to do.
    let duty: SharedDuty
    let earlier: EarlierWorkers
    /// Nil in a house of one instance.
    let sharing: SharedState?
    let sweep: LedgerSweep
    let notices: AsyncStream<TrafficControl.Notice>.Continuation

    /// Opens the gateway and takes up where the last process ended: its ledger, its nodes' health, what its keys had spent.
    /// - Parameters:
    ///   - fleet: the instances that work on `database`; nil: this is the only one.
    ///   - bus: tells the others at once what this one has changed, where there are others.
    ///   - isFirst: whether a workspace is the house's first: whose owner may change what the whole house shares.
    /// - Throws: `GatewayError`, `LedgerError`, `RelayError`, `StorageError`.
    package static func open(
        _ foundation: GatewayFoundation, database: any Database, fleet: FleetRoom? = nil, bus: any MessageBus = LocalBus(),
        clock: any WallClock, isFirst: @escaping GatewaySettings.IsFirstWorkspace, logger: Logger
    ) async throws -> GatewayRoom {
        let (house, change) = try await HouseKey.open(
            setting: foundation.houseKey, directory: foundation.dataDirectory, database: database, clock: clock,
            mayChange: foundation.mayChangeHouseKey)
        let duty = SharedDuty(fleet)
        let announce: @Sendable (Bell) -> Void = { bell in
            if !duty.isAlone { bus.ring(bell) }
        }
        let marks = try await database.read { try ChangeMarks.all(on: $0) }
        let (notices, tellNotice) = AsyncStream.makeStream(of: TrafficControl.Notice.self, bufferingPolicy: .bufferingNewest(10_000))
        let mayUseIdle: @Sendable () -> Bool = { duty.mayUseIdle }
        let control = TrafficControl(mayUseIdle: duty.isAlone ? nil : mayUseIdle, notices: { tellNotice.yield($0) })
        let limits =
            duty.isAlone
            ? nil
            : LimitShares(
                database, control: control, duty: duty, patience: foundation.limitsPatience, clock: clock, announce: announce,
                logger: logger)
        let live = LiveBoard(clock: clock)
        let (changes, tellChange) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let settings = try await GatewaySettings.open(
            database: database, clock: clock, environment: foundation.environment, isFirst: isFirst,
            changes: { (tuning: GatewayTuning) in
                control.change(rules: tuning.healthRules)
                tellChange.yield()
            }, announce: announce)
        control.change(rules: settings.current.healthRules)
        let nodes = try await Nodes.open(
            database: database, clock: clock, house: house, settings: settings, logger: logger,
            changes: { (change: NodesChange) in
                control.replaceNodes(of: change.workspace, with: change.nodes, at: Health.reading(clock))
                for node in change.subject.map({ [$0] }) ?? change.nodes.map(\.id) { live.nodeChanged(node, in: change.workspace) }
                tellChange.yield()
            }, announce: announce)
        let keys = try await GatewayKeys.open(
            database: database, clock: clock, house: house, changes: { control.keyChanged($0, at: Health.reading(clock)) },
            announce: announce)
        if let change { report(change, lostKeys: keys.lostAtStart, to: logger) }
        let connections = try NodeConnections(group: foundation.eventLoops, rules: foundation.connections)
        let client = NodeClient(connections)
        let prices = try await Prices.open(database: database, clock: clock, announce: announce)
        let ledger = try await Ledger.open(
            folder: foundation.dataDirectory + "/ledger", database: database,
            gap: foundation.predecessor == nil ? 0 : LedgerJournal.predecessorSegments, instance: duty.instance, clock: clock,
            logger: logger)
        let mover = LedgerService(
            ledger, database: database, pricing: prices, historyDays: { settings.current.historyDays },
            isOnDuty: { duty.holds(.chores) }, sharesMoney: control.sharesMoney(of:), logger: logger)
        let usage = Usage(database: database, pricing: prices, ledger: ledger)
        let health = Health(
            database: database, clock: clock, nodes: nodes, settings: settings, prices: prices, control: control, live: live,
            probe: Probe(client: client), command: try commandProbe(foundation), notices: notices, changes: changes,
            checking: foundation.hasHealthChecks ? foundation.checking : nil, duty: duty, announce: announce, logger: logger)
        let models = ModelLists(client: client, logger: logger)
        let traffic = Traffic(
            keys: keys, nodes: nodes, settings: settings, prices: prices, ledger: ledger, live: live,
            objects: ResourceOwners(database: database, clock: clock, logger: logger),
            batches: BatchBooks(database: database, pricing: prices, control: control, clock: clock, logger: logger), models: models,
            control: control, limits: limits, connections: connections, clock: clock, logger: logger)
        let readings: [SharedTopic: SharedState.Reading] = [
            .keys: keys.readAgain, .nodes: nodes.readAgain, .prices: prices.readAgain, .settings: settings.readAgain,
            .standings: health.readAgain, .limits: { await limits?.letGo() },
        ]
        let sharing = duty.isAlone ? nil : SharedState(database, bus: bus, known: marks, readings: readings, logger: logger)
        let sweep = LedgerSweep(
            database: database, pricing: prices, clock: clock, logger: logger, isHeld: { try duty.isHeld(.chores, on: $0) })
        return GatewayRoom(
            keys: keys, nodes: nodes, prices: prices, usage: usage, ledger: ledger, settings: settings,
            audit: AuditLog(database: database), health: health, live: live, control: control, models: models, traffic: traffic,
            database: database, connections: connections, mover: mover, predecessor: foundation.predecessor, duty: duty,
            earlier: EarlierWorkers(of: ledger, duty: duty, database: database), sharing: sharing, sweep: sweep,
            notices: tellNotice)
    }

    /// How people call this instance, and how many others serve too; nil where there can't be any.
    package var place: (name: String, others: Int)? { duty.name.map { ($0, duty.others) } }

    private static func report(_ change: HouseKeyChange, lostKeys: Int, to logger: Logger) {
        logger.error(
            "\(change.sentence)",
            metadata: [
                "keys": "\(lostKeys) of clients have to be made anew", "undo": "put the old key back and start again",
            ])
    }

    /// An empty place for what commands write, cleaned by nobody but its operator.
    private static func commandProbe(_ foundation: GatewayFoundation) throws -> CommandProbe {
        let home = foundation.dataDirectory + "/probe-home"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return CommandProbe(home: home)
    }

    /// Before the first request: books what the last process left open, and gives nodes and keys their past.
    package func takeUp(clock: any WallClock) async throws {
        // What the process before this one has open is not interrupted: it is still under way.
        if predecessor == nil {
            try await mover.recover()
            try await earlier.free()
        }
        try await health.restore()
        let spent = try await usage.spendAtStart(now: clock.now())
        control.startKeys(keys.active, spent: spent.mapValues { ($0.day, $0.month) }, at: Health.reading(clock))
        control.restore(try await traffic.objects.holds(since: clock.now().startOfUTCMonth))
        // Of earlier processes that were killed; all that they wrote is booked.
        if predecessor == nil { UnbookedNote(folder: ledger.journal.folder).removeAll() } else { lookElsewhere() }
    }
}
