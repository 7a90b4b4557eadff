/// A token bucket that holds one minute's worth and fills evenly, in whole numbers.
///
/// What was taken by estimate can be corrected, so that it can be in debt: then it must fill up first.
struct MinuteBucket: Hashable, Sendable {
    private static let largest: Int64 = 1_000_000_000_000
    /// The level is counted in units × milliseconds of a minute.
    private static let scale: Int64 = 60_000
    /// However wrong an estimate was, a key is not closed for longer.
    private static let longestDebt: Int64 = 10

    /// Units a minute; zero lets nothing through.
    let limit: Int64
    private var level: Int64
    private var filledAt: Moment

    init(limit: Int64, at now: Moment) {
        self.limit = min(max(limit, 0), Self.largest)
        level = self.limit * Self.scale
        filledAt = now
    }

    /// With another limit, and what was taken still taken.
    func changed(to limit: Int64, at now: Moment) -> MinuteBucket {
        var changed = MinuteBucket(limit: limit, at: now)
        var filled = self
        filled.fill(at: now)
        changed.level = max(changed.level - (self.limit * Self.scale - filled.level), -changed.limit * Self.scale * Self.longestDebt)
        return changed
    }

    /// How long until `cost` fits; nil when it does now. What costs more than a minute's worth fits when the bucket is full: it could
    /// never be asked for otherwise.
    mutating func wait(for cost: Int64, at now: Moment) -> Duration? {
        fill(at: now)
        guard limit > 0 else { return .seconds(60) }
        let lacking = min(max(cost, 0), limit) * Self.scale - level
        return lacking > 0 ? .milliseconds((lacking + limit - 1) / limit) : nil
    }

    /// A negative cost gives back.
    mutating func take(_ cost: Int64) {
        let units = min(max(cost, -Self.largest), Self.largest) * Self.scale
        level = min(max(level - units, -limit * Self.scale * Self.longestDebt), limit * Self.scale)
    }

    private mutating func fill(at now: Moment) {
        guard now > filledAt else { return }
        let elapsed = (now.nanoseconds - filledAt.nanoseconds) / 1_000_000
        // Longer than the deepest debt needs, and short enough for the product to fit.
        let counted = Int64(min(elapsed, UInt64((Self.longestDebt + 1) * Self.scale)))
        level = min(level + counted * limit, limit * Self.scale)
        // The fraction of a millisecond is left for the next time.
        filledAt = Moment(nanoseconds: filledAt.nanoseconds + elapsed * 1_000_000)
    }
}
