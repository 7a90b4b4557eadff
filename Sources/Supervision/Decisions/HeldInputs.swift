import BlackBox

/// An input that is held back.
package struct HeldInput: Hashable, Sendable {
    /// What it is like (`InputFingerprint`).
    package let fingerprint: UInt64
    /// The number that its senders are told, by which people ask about it.
    package let incident: String

    package init(fingerprint: UInt64, incident: String) {
        self.fingerprint = fingerprint
        self.incident = incident
    }
}

/// Holds back the input that kills workers: what was under way in several deaths is refused by the next worker.
package struct HeldInputs: Sendable {
    /// Inputs held at most; the oldest goes first.
    package static let most = 64
    /// Deaths that are remembered.
    private static let memory = 8

    /// What workers are told to refuse, oldest first.
    package private(set) var held: [HeldInput] = []
    private var deaths: [[UInt64]] = []

    package init() {}

    /// - Parameters:
    ///   - underWay: the fingerprints of the inputs that a worker was busy with when it died of itself; 0 stands for none.
    ///   - makeID: a new number for people.
    /// - Returns: what is held from now on besides what was held before.
    package mutating func died(with underWay: [UInt64], makeID: () -> String) -> [HeldInput] {
        deaths.insert(underWay, at: 0)
        if deaths.count > Self.memory { deaths.removeLast(deaths.count - Self.memory) }
        let known = Set(held.map(\.fingerprint))
        // The likeliest one alone: the others shared its company, and holding them back as well would punish the innocent.
        guard let caught = Poison.suspects(in: deaths).first(where: { !known.contains($0) }) else { return [] }
        let new = HeldInput(fingerprint: caught, incident: makeID())
        held.append(new)
        if held.count > Self.most { held.removeFirst(held.count - Self.most) }
        return [new]
    }

    package mutating func release() {
        held = []
        deaths = []
    }
}
