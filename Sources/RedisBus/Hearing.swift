import Vocabulary

/// Who was heard when: an instance that has fallen silent may be saying things that don't get here.
struct Hearing {
    /// Strangers on the channel can't make it grow beyond.
    private static let most = 1_024

    private var last: [InstanceID: ContinuousClock.Instant] = [:]
    /// Not heard since we listen anew: they may not have found back themselves.
    private var unheard: Set<InstanceID> = []
    private var expected: Set<InstanceID> = []
    /// Who said that it ends: the database may name it for a moment longer.
    private var gone: Set<InstanceID> = []

    /// A sign of life.
    mutating func heard(_ instance: InstanceID, at now: ContinuousClock.Instant) {
        guard last.count < Self.most || last[instance] != nil else { return }
        last[instance] = now
        unheard.remove(instance)
    }

    /// We listen anew: everybody must be heard again.
    mutating func startAnew() {
        unheard = Set(last.keys)
    }

    /// It said that it ends.
    mutating func left(_ instance: InstanceID) {
        last[instance] = nil
        expected.remove(instance)
        if gone.count < Self.most { gone.insert(instance) }
    }

    /// Who lives, as the database knows. Who is new among them has `patience` to be heard.
    mutating func expect(_ instances: Set<InstanceID>, at now: ContinuousClock.Instant) {
        gone.formIntersection(instances)
        let living = instances.subtracting(gone)
        for instance in living where last[instance] == nil && !expected.contains(instance) { heard(instance, at: now) }
        expected = living
    }

    /// Whose hints may get lost; forgets who has been silent for long and is not expected.
    mutating func silent(at now: ContinuousClock.Instant, pace: RedisPace) -> Set<InstanceID> {
        last = last.filter { expected.contains($0.key) || now - $0.value <= pace.memory }
        return Set(last.filter { unheard.contains($0.key) || now - $0.value > pace.patience }.keys)
    }
}
