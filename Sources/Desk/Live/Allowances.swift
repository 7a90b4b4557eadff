import Synchronization
import Vocabulary

/// How much one person or address may do; the numbers are settings.
package struct DeskLimits: Sendable {
    /// Sends of one visitor in 5 s, over all its connections.
    package var customerSends = 20
    /// Sends of one member in 5 s, over all its connections.
    package var staffSends = 200
    /// New visitors from one address in a minute.
    package var newCustomers = 60

    package init() {}
}

/// Token buckets by key, in bounded memory.
final class Allowances<Key: Hashable & Sendable>: Sendable {
    /// Above this everybody starts afresh: forgetting is milder than growing under attack.
    private static var keyLimit: Int { 50_000 }

    private let interval: Duration
    private let buckets = Mutex<[Key: Allowance]>([:])

    init(per interval: Duration) {
        self.interval = interval
    }

    /// Takes one of `count` per interval; or says after how many milliseconds there is one again.
    func take(_ key: Key, of count: Int, at time: Timestamp) -> Int64? {
        buckets.withLock { buckets in
            if buckets.count >= Self.keyLimit, buckets[key] == nil { buckets.removeAll() }
            return buckets[key, default: Allowance(count, per: interval, at: time)].take(at: time)
        }
    }
}
