import Vocabulary

/// A token bucket without a clock of its own.
struct Allowance: Sendable {
    private let capacity: Double
    private let perMillisecond: Double
    private var tokens: Double
    private var refilledAt: Timestamp

    /// - Parameters:
    ///   - count: how many at once.
    ///   - interval: how long it takes until all `count` are there again.
    init(_ count: Int, per interval: Duration, at time: Timestamp) {
        capacity = Double(count)
        perMillisecond = Double(count) / Double(max(1, interval.wholeMilliseconds))
        tokens = capacity
        refilledAt = time
    }

    /// Takes one; or says after how many milliseconds there is one again.
    mutating func take(at time: Timestamp) -> Int64? {
        // A clock that goes back gives nothing, and takes nothing.
        let elapsed = max(0, time.milliseconds - refilledAt.milliseconds)
        refilledAt = max(refilledAt, time)
        tokens = min(capacity, tokens + Double(elapsed) * perMillisecond)
        guard tokens >= 1 else { return Int64((1 - tokens) / perMillisecond) + 1 }
        tokens -= 1
        return nil
    }
}
