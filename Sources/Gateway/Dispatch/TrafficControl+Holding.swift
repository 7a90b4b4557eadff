import Routing
import Synchronization
import Vocabulary

// Money of batches, which outlives their requests.
extension TrafficControl {
    /// - Returns: why the key may not; nil: it is held now, until `release`.
    func hold(_ nanoDollars: Int64, by key: GatewayKey, at now: ClockReading) -> LimitRefusal? {
        state.withLock { $0.keys[key.id, default: KeyLimits(key.limits, at: now)].hold(nanoDollars, at: now) }
    }

    func release(_ hold: ResourceOwners.Hold) {
        state.withLock { $0.keys[hold.key]?.release(hold.amount, madeAt: hold.madeAt) }
    }

    /// What an earlier process held, after `startKeys`.
    func restore(_ holds: [ResourceOwners.Hold]) {
        state.withLock { state in
            for hold in holds { state.keys[hold.key]?.hold(again: hold.amount, madeAt: hold.madeAt) }
        }
    }
}
