package import BlackBox

/// Finds the optional part that kills workers: the one that was at work in each of several deaths in a row.
package struct PartSuspects: Sendable {
    /// Deaths in a row that a part has to be seen in.
    package static let mostDeaths = 3
    /// Milliseconds after which a death has nothing to do with the one before.
    package static let memory: Int64 = 600_000

    /// What is switched off, in the order in which it was.
    package private(set) var off: [OptionalPart] = []
    private var deaths: [[OptionalPart]] = []
    private var lastAt: Int64?

    package init() {}

    /// A worker died of itself.
    /// - Parameters:
    ///   - parts: that were at work in it, the one that began last first.
    ///   - now: milliseconds of a clock that only goes forwards.
    /// - Returns: what is switched off from now on.
    package mutating func died(with parts: [OptionalPart], at now: Int64) -> OptionalPart? {
        if let lastAt, now - lastAt > Self.memory { deaths = [] }
        lastAt = now
        deaths.append(parts)
        if deaths.count > Self.mostDeaths { deaths.removeFirst() }
        guard deaths.count == Self.mostDeaths else { return nil }
        // The others only shared its company, and can be found in the next deaths if it wasn't this one.
        let named = parts.first { part in !off.contains(part) && deaths.allSatisfy { $0.contains(part) } }
        guard let named else { return nil }
        off.append(named)
        deaths = []
        return named
    }

    /// Somebody put things right: everything is on again.
    package mutating func release() {
        self = PartSuspects()
    }
}
