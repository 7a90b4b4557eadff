import Fleet
import Storage
import Vocabulary

extension LeaseName {
    /// Rounds of probes.
    static let probes = LeaseName("gateway.probes")
    /// What is forgotten, and what instances that died have left open.
    static let chores = LeaseName("gateway.chores")
}

/// What one instance does for all of them: in a house of one instance always this one.
struct SharedDuty: Sendable {
    /// Nil: there is no other instance, and can't be.
    private let fleet: FleetRoom?

    init(_ fleet: FleetRoom?) {
        self.fleet = fleet.flatMap { $0.isSingle ? nil : $0 }
        for name in [LeaseName.probes, .chores] { self.fleet?.leases.want(name) }
    }

    /// Nil where there is no other.
    var instance: InstanceID? { fleet?.id }

    var isAlone: Bool { fleet == nil }

    /// How people call this instance; nil where there is no other.
    var name: String? { fleet?.me.name }

    /// Other instances that live.
    var others: Int { fleet?.others.count ?? 0 }

    /// Others take what this instance holds and does not use for theirs when it has given no sign of life for 15 s: 5 s before that it stops.
    var mayUseIdle: Bool { fleet?.isSeen(within: .seconds(10)) ?? true }

    /// Who has given no sign of life for 15 s.
    var silent: Set<InstanceID> { fleet?.silent(for: .seconds(15)) ?? [] }

    /// A sign of life for another one that can't give it any more.
    func vouch(for instance: InstanceID) async throws { try await fleet?.vouch(for: instance) }

    /// Memory only.
    func holds(_ name: LeaseName) -> Bool { fleet?.leases.holds(name) ?? true }

    /// As the database knows it, for the transaction that does the work.
    func isHeld(_ name: LeaseName, on connection: any SQLConnection) throws -> Bool {
        try fleet?.leases.isHeld(name, on: connection) ?? true
    }
}
