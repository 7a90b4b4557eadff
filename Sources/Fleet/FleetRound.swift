import Storage
import Vocabulary

/// What one sign of life does in its transaction. A value: the engine may run it again.
struct FleetRound: Sendable {
    struct Outcome: Sendable {
        let instances: [Instance]
        let leases: [Lease]
        let forgotten: [Instance]
        /// Its row was still there.
        let wasKnown: Bool
    }

    let me: Instance
    let wanted: Set<LeaseName>
    let now: Timestamp
    /// Who has been silent for too long, and where its counter stood.
    let lost: [InstanceID: Int64]
    let overdue: [LeaseName: Int64]

    func run(on connection: any SQLConnection) throws -> Outcome {
        let wasKnown = try InstanceStore.beat(me, at: now, on: connection)
        let forgotten = try InstanceStore.all(on: connection).filter { instance in
            guard instance.id != me.id, let beats = lost[instance.id] else { return false }
            return try InstanceStore.forget(instance.id, after: beats, on: connection)
        }
        let instances = try InstanceStore.all(on: connection)
        try renew(among: Set(instances.map(\.id)), on: connection)
        return Outcome(instances: instances, leases: try LeaseStore.all(on: connection), forgotten: forgotten, wasKnown: wasKnown)
    }

    private func renew(among members: Set<InstanceID>, on connection: any SQLConnection) throws {
        let held = Dictionary(try LeaseStore.all(on: connection).map { ($0.name, $0) }) { first, _ in first }
        for name in wanted.sorted(by: { $0.text < $1.text }) {
            if let lease = held[name], lease.holder == me.id {
                try LeaseStore.renew(lease, on: connection)
            } else if held[name].map({ isFree($0, among: members) }) ?? true {
                try LeaseStore.take(name, for: me.id, at: now, on: connection)
            }
        }
    }

    /// Its holder is gone, or has not renewed it for as long as this instance has watched.
    private func isFree(_ lease: Lease, among members: Set<InstanceID>) -> Bool {
        !members.contains(lease.holder) || overdue[lease.name] == lease.renewals
    }
}
