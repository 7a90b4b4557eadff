import BlackBox

/// Holds back the input that kills workers: what was under way in several deaths is refused by the next worker.
package struct HeldInputs: Sendable {
    /// Fingerprints held at most; the oldest goes first.
    package static let most = 64
    /// Deaths that are remembered.
    private static let memory = 8

    /// What workers are told to refuse, oldest first.
    package private(set) var held: [UInt64] = []
    private var deaths: [[UInt64]] = []

    package init() {}

    /// - Parameter underWay: the fingerprints of the inputs that a worker was busy with when it died of itself; 0 stands for none.
    /// - Returns: what is held from now on besides what was held before.
    package mutating func died(with underWay: [UInt64]) -> [UInt64] {
        deaths.insert(underWay, at: 0)
        if deaths.count > Self.memory { deaths.removeLast(deaths.count - Self.memory) }
        // The likeliest one alone: the others shared its company, and holding them back as well would punish the innocent.
        guard let caught = Poison.suspects(in: deaths).first(where: { !held.contains($0) }) else { return [] }
        held.append(caught)
        if held.count > Self.most { held.removeFirst(held.count - Self.most) }
        return [caught]
    }

    package mutating func release() {
        held = []
        deaths = []
    }
}
