import Bus
import Fleet
import Logging
import NIOCore
import Relay
import Routing
import Storage
import Synchronization
import TestSupport
import Vocabulary

@testable import Gateway

/// Several instances of Lantern's gateway on one database, each with a data directory, a bus and a place in the fleet of its own, and with a
/// writer of its own where the engine lets several write.
final class FleetHouse: Sendable {
    /// One instance.
    struct Instance {
        let fleet: FleetRoom
        let bus: BusGroup.Member
        let directory: TemporaryDirectory
        let world: DispatchWorld

        var room: GatewayRoom { world.room }
        var shares: KeyShares? { room.control.state.withLock { $0.sharing?.keys[world.key.id] } }
    }

    let clock = ManualClock()
    let storage: TemporaryDatabase
    let log = CapturedLog()
    private let group = BusGroup()
    private let houseKey = Secret("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    private let time = Mutex(Duration.seconds(1))
    private let ada: MemberPrincipal

    init() async throws {
        storage = try await TemporaryDatabase.open(schemas: [.storage, FleetRoom.schema, GatewaySchema.schema], clock: clock)
        ada = MemberPrincipal(
            member: .make(at: clock.now()), workspace: .make(at: clock.now()), session: .make(at: clock.now()), role: .owner, name: "Ada")
    }

    /// The first instance, with a key of these limits and the node *north*.
    func open(_ limits: KeyChange = KeyChange(name: "ada's")) async throws -> Instance {
        let (fleet, bus, directory, room) = try await start("north", in: nil, on: storage.database)
        let made = try await room.keys.create(limits, by: .member(ada))
        let world = DispatchWorld(storage, room, clock: clock, ada: ada, key: made.key, keyText: made.text.reveal())
        try await world.add(NodeChange(name: "north", priority: 1))
        return Instance(fleet: fleet, bus: bus, directory: directory, world: world)
    }

    /// A further one, in `directory` where it takes another one's place.
    func open(
        beside first: Instance, in directory: TemporaryDirectory? = nil, after predecessor: (@Sendable () async -> Void)? = nil
    ) async throws -> Instance {
        let (fleet, bus, directory, room) = try await start("south", in: directory, on: try await storage.another(), after: predecessor)
        let world = DispatchWorld(storage, room, clock: clock, ada: ada, key: first.world.key, keyText: first.world.keyText)
        return Instance(fleet: fleet, bus: bus, directory: directory, world: world)
    }

    private func start(
        _ name: String, in directory: TemporaryDirectory?, on database: any Database, after predecessor: (@Sendable () async -> Void)? = nil
    ) async throws -> (FleetRoom, BusGroup.Member, TemporaryDirectory, GatewayRoom) {
        let fleet = try await FleetRoom.open(
            database, isSingle: false, name: name, version: "1.0", clock: clock, elapsed: { [self] in time.withLock { $0 } },
            logger: log.logger())
        let (bus, directory) = (group.join(), try directory ?? TemporaryDirectory())
        var foundation = GatewayFoundation(dataDirectory: directory.path, houseKey: houseKey, eventLoops: DispatchWorld.group)
        // Other tests may have the machine for seconds.
        foundation.limitsPatience = .seconds(60)
        foundation.predecessor = predecessor
        let room = try await GatewayRoom.open(
            foundation, database: database, fleet: fleet, bus: bus, clock: clock, isFirst: { _ in true }, logger: log.logger())
        try await room.takeUp(clock: clock)
        try await fleet.beat()
        return (fleet, bus, directory, room)
    }

    /// Time passes in steps of a sign of life, which these give and the others don't.
    func pass(_ duration: Duration, living: [Instance]) async throws {
        var left = duration
        while left > .zero {
            time.withLock { $0 += FleetRoom.beatPeriod }
            clock.advance(by: FleetRoom.beatPeriod)
            for instance in living { try await instance.fleet.beat() }
            left -= FleetRoom.beatPeriod
        }
    }

    /// Runs `body` while what these instances do by themselves is done.
    func running<Value>(_ instances: [Instance], _ body: () async throws -> Value) async throws -> Value {
        let tasks = instances.flatMap { instance -> [Task<Void?, any Error>] in
            let (limits, sharing) = (instance.room.traffic.limits, instance.room.sharing)
            return [Task { try await limits?.run() }, Task { try await sharing?.run() }]
        }
        defer { for task in tasks { task.cancel() } }
        return try await body()
    }
}

extension Call {
    /// Goes on until it has asked a node, or is over: what needs the database comes back by a wake.
    func settle() async {
        while !isTrying, !isOver, isAsking { await wake() }
    }

    var isAsking: Bool {
        if case .asking = dispatch?.stage { true } else { false }
    }
}
