package import Logging
package import Storage
import Synchronization
package import Vocabulary

/// The instances that work on one database: which of them live, and who of them does what must be done once.
///
/// Named a room for its tables; every other room may ask it, as it asks storage.
package final class FleetRoom: Sendable {
    package static let schema = FleetSchema.schema
    /// Between two signs of life.
    package static let beatPeriod = Duration.seconds(5)
    /// Unseen for so long, an instance is forgotten: what it held is free.
    package static let patience = Duration.seconds(60)
    /// Of a lease that is not renewed.
    package static let leaseTime = Duration.seconds(15)

    private struct State {
        var others: [Instance] = []
        var watch = FleetWatch()
        var skews: [InstanceID: Duration] = [:]
        /// When the last sign of life that was written was begun.
        var beganAt = Duration.zero
        /// How often this instance had been forgotten, though it lived.
        var returns = 0
    }

    package let me: Instance
    package let leases: Leases
    /// Nobody else can be there (SQLite): there are no signs of life, and every lease is held.
    package let isSingle: Bool
    private let database: any Database
    private let clock: any WallClock
    private let elapsed: @Sendable () -> Duration
    private let logger: Logger
    private let state = Mutex(State())

    /// A clock that never goes back and counts a machine's sleep too: a lease must not outlive it.
    package static func monotonic() -> @Sendable () -> Duration {
        // From well above zero: what was never held ended before.
        let start = ContinuousClock.now - .seconds(1)
        return { ContinuousClock.now - start }
    }

    /// Joins the fleet: after it `others` is known, and what leases are free can be had.
    /// - Parameters:
    ///   - isSingle: the engine lets one process work at a time: nothing is written, ever.
    ///   - name: of this instance, for people.
    ///   - elapsed: injected so that tests decide how much time has passed.
    /// - Throws: `StorageError`.
    package static func open(
        _ database: any Database, isSingle: Bool, name: String, version: String, clock: any WallClock,
        elapsed: @escaping @Sendable () -> Duration = FleetRoom.monotonic(), logger: Logger
    ) async throws -> FleetRoom {
        let now = clock.now()
        let me = Instance(id: .make(at: now), name: name, version: version, startedAt: now, seenAt: now)
        let fleet = FleetRoom(me, database: database, isSingle: isSingle, clock: clock, elapsed: elapsed, logger: logger)
        try await fleet.beat()
        return fleet
    }

    private init(
        _ me: Instance, database: any Database, isSingle: Bool, clock: any WallClock, elapsed: @escaping @Sendable () -> Duration,
        logger: Logger
    ) {
        self.me = me
        self.database = database
        self.isSingle = isSingle
        self.clock = clock
        self.elapsed = elapsed
        self.logger = logger
        leases = Leases(of: me.id, isSingle: isSingle, elapsed: elapsed)
    }

    package var id: InstanceID { me.id }

    /// The other instances that live, as of the last sign of life. Memory only.
    package var others: [Instance] { state.withLock { $0.others } }

    /// How far others' wall clocks are ahead (or, below zero, behind) where it is more than reading them can explain.
    package var skews: [InstanceID: Duration] { state.withLock { $0.skews } }

    /// Others whose counter stands still for longer than `time`: what they hold and don't use is not used any more (`isSeen`).
    package func silent(for time: Duration) -> Set<InstanceID> {
        let now = elapsed()
        return state.withLock { Set($0.watch.lost(for: time, at: now).keys) }
    }

    /// Whether this instance gave a sign of life within `time`: no other one can take it for silent for longer.
    package func isSeen(within time: Duration) -> Bool {
        isSingle || elapsed() - state.withLock({ $0.beganAt }) < time
    }

    /// Grows when this instance had been forgotten though it lived: what others gave back in its name it has to take anew.
    package var returns: Int { state.withLock { $0.returns } }

    /// A sign of life: forgets who has given none for too long, renews this instance's leases and takes those that are free or overdue.
    /// - Throws: `StorageError`; leases that are not renewed in time end by themselves.
    package func beat() async throws {
        guard !isSingle else { return }
        let (began, now) = (elapsed(), clock.now())
        let round = state.withLock { state in
            FleetRound(
                me: me, wanted: leases.wanted, now: now, lost: state.watch.lost(for: Self.patience, at: began),
                overdue: state.watch.overdue(for: Self.leaseTime, at: began))
        }
        let outcome = try await database.write { try round.run(on: $0) }
        leases.hold(Set(outcome.leases.filter { $0.holder == id }.map(\.name)), until: began + Self.leaseTime)
        // From after the database was read: who is watched gets the benefit of the time between.
        let read = elapsed()
        let before = state.withLock { state in
            defer {
                state.beganAt = began
                state.skews = ClockSkews.among(outcome.instances, before: state.others, at: now)
                state.others = outcome.instances.filter { $0.id != id && !$0.hasLeft }
                state.watch.note(outcome.instances, outcome.leases, at: read)
                if !outcome.wasKnown, me.startedAt < now { state.returns += 1 }
            }
            return state.others
        }
        tell(outcome, before: before, at: now)
    }

    private func tell(_ outcome: FleetRound.Outcome, before: [Instance], at now: Timestamp) {
        if !outcome.wasKnown, me.startedAt < now {
            logger.error("this instance was silent for too long and had been forgotten; it is back", metadata: ["instance": "\(id)"])
        }
        for instance in outcome.instances where instance.id != id && !instance.hasLeft && !before.contains(where: { $0.id == instance.id })
        {
            logger.notice("another instance works on this database", metadata: ["instance": "\(instance.id)", "name": "\(instance.name)"])
        }
        for instance in outcome.forgotten where !instance.hasLeft {
            logger.warning(
                "an instance has given no sign of life for a minute and is forgotten",
                metadata: ["instance": "\(instance.id)", "name": "\(instance.name)"])
        }
    }

    /// A sign of life in the name of another instance, which has let the database go and still carries streams: it is not forgotten meanwhile.
    /// One that was forgotten does not come back.
    /// - Throws: `StorageError`.
    package func vouch(for other: InstanceID) async throws {
        guard !isSingle else { return }
        try await database.write { try InstanceStore.vouch(for: other, on: $0) }
    }

    /// Leaves the fleet: its leases are free at once, and nobody counts it among the living. What it has left behind under its name stays for a
    /// minute. For the end of the process, when nothing of its runs any more.
    package func leave() async throws {
        guard !isSingle else { return }
        leases.hold([], until: .zero)
        try await database.write { [id, now = clock.now()] connection in
            try LeaseStore.giveBack(of: id, on: connection)
            try InstanceStore.leave(id, at: now, on: connection)
        }
    }
}

// For those who have a connection, or no place in the fleet (commands).
extension FleetRoom {
    /// All instances that were not forgotten: who lives, and who left less than a minute ago. Rows of another one are a dead one's.
    package static func members(on connection: any SQLConnection) throws -> Set<InstanceID> {
        Set(try InstanceStore.all(on: connection).map(\.id))
    }

    /// All instances that were not forgotten, in the order of their starts.
    package static func instances(on connection: any SQLConnection) throws -> [Instance] {
        try InstanceStore.all(on: connection)
    }

    /// Who holds what, by name.
    package static func leases(on connection: any SQLConnection) throws -> [Lease] {
        try LeaseStore.all(on: connection)
    }
}
