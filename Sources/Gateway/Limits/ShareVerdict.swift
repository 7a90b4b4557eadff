import Routing
import Vocabulary

/// The last time that the database said of a key that there is no room.
struct ShareVerdict {
    let limit: SharedLimit
    /// So much of it, at the least, was lacking room.
    let need: Int64
    let allowance: KeyAllowance
    let hope: ShareHope
    let period: Int64
    /// As `KeyShares.returns`.
    let returns: Int
    let at: ContinuousClock.Instant

    func isGood(for other: ShareNeed, of key: GatewayKey, returns: Int, at time: Timestamp) -> Bool {
        key.limits == allowance && returns == self.returns && limit.period(at: time) == period
            && limit.amount(of: other, limit: limit.amount(in: allowance)) >= need
    }
}
