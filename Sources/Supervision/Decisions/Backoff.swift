/// How long to wait before a worker that died is started again: at once first, then ever longer.
package struct Backoff: Sendable {
    /// Milliseconds before the first, second … start in a row; the last one for all that follow.
    package static let delays: [Int64] = [0, 100, 500, 1_000, 2_000, 5_000, 10_000, 30_000]
    /// Milliseconds of life after which a death is the first again.
    package static let wellAfter: Int64 = 600_000

    /// Deaths in a row.
    package private(set) var failures = 0

    package init() {}

    /// - Parameters:
    ///   - lived: milliseconds from start to death.
    ///   - dice: from 0 up to 1; spreads the wait by a fifth to both sides, so that many servers don't return in step.
    /// - Returns: milliseconds to wait.
    package mutating func died(lived: Int64, dice: Double) -> Int64 {
        if lived >= Self.wellAfter { failures = 0 }
        let base = Self.delays.indices.contains(failures) ? Self.delays[failures] : Self.delays.last ?? 0
        failures += 1
        let share = max(0, min(1, dice)) * 0.4 - 0.2
        return base + Int64(Double(base) * share)
    }

    /// Somebody put things right.
    package mutating func reset() {
        failures = 0
    }
}
