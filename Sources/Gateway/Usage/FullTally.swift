import Vocabulary

/// How many requests found no room in the ledger since that was told. A value without clock or lock.
struct FullTally {
    /// Milliseconds between two lines of the log.
    static let period: Int64 = 10_000

    private var count: Int64 = 0
    private var reason = ""
    private var toldAt: Timestamp?

    mutating func count(_ error: LedgerError) {
        count += 1
        reason = "\(error)"
    }

    /// What is to be told now, which it counts as from here on; nil when there is nothing or it is too early. A clock that was put back tells
    /// at once.
    mutating func take(at now: Timestamp) -> (count: Int64, reason: String)? {
        guard count > 0 else { return nil }
        if let toldAt, (0..<Self.period).contains(now.milliseconds - toldAt.milliseconds) { return nil }
        defer { (count, toldAt) = (0, now) }
        return (count, reason)
    }
}
