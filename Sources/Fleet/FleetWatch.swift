import Vocabulary

/// Who goes on living, told by counters that go on counting, on this machine's own clock that never goes back.
///
/// Two machines' wall clocks are never compared: with one an hour ahead nothing would be taken over, or everything at once.
struct FleetWatch: Hashable, Sendable {
    private struct Sighting: Hashable {
        var count: Int64
        var since: Duration
    }

    private var instances: [InstanceID: Sighting] = [:]
    private var leases: [LeaseName: Sighting] = [:]

    /// - Parameter now: a reading of the clock from before the database was asked.
    mutating func note(_ seen: [Instance], _ held: [Lease], at now: Duration) {
        let (earlier, earlierLeases) = (instances, leases)
        instances = Dictionary(seen.map { ($0.id, Self.sighting(of: $0.beats, after: earlier[$0.id], at: now)) }) { first, _ in first }
        leases = Dictionary(held.map { ($0.name, Self.sighting(of: $0.renewals, after: earlierLeases[$0.name], at: now)) }) { first, _ in
            first
        }
    }

    private static func sighting(of count: Int64, after earlier: Sighting?, at now: Duration) -> Sighting {
        guard let earlier, earlier.count == count else { return Sighting(count: count, since: now) }
        return earlier
    }

    /// Those whose counter has stood still for `time`, with where it stood.
    func lost(for time: Duration, at now: Duration) -> [InstanceID: Int64] {
        instances.filter { $0.value.since + time <= now }.mapValues(\.count)
    }

    /// The leases that nobody has renewed for `time`, likewise.
    func overdue(for time: Duration, at now: Duration) -> [LeaseName: Int64] {
        leases.filter { $0.value.since + time <= now }.mapValues(\.count)
    }
}
