import Routing
import Synchronization
import Vocabulary

/// Whether money may be held for a batch.
enum Holding {
    case held(ResourceOwners.Hold)
    case refused(LimitRefusal)
    /// What this instance has of the key's budgets does not reach: the others have to be asked (`LimitShares.hold`).
    case undecided
}

// Money of batches, which outlives their requests. Alone, an instance keeps in memory what is held. Where others take from the same budgets
// it is in this instance's share until the batch's row tells all of them.
extension TrafficControl {
    /// May a batch be made that costs this much? In a house of one instance it is never undecided.
    func hold(_ nanoDollars: Int64, by key: GatewayKey, at now: ClockReading) -> Holding {
        state.withLock { state in
            if let refusal = state.keys[key.id, default: KeyLimits(key.limits, at: now)].hold(nanoDollars, at: now) {
                return .refused(refusal)
            }
            let hold = ResourceOwners.Hold(key: key.id, amount: nanoDollars, madeAt: now.wall)
            guard state.sharing != nil else { return .held(hold) }
            state.keys[key.id]?.release(nanoDollars, madeAt: now.wall)
            return Self.takeShare(key, .hold(nanoDollars), at: now, from: &state.sharing) ? .held(hold) : .undecided
        }
    }

    /// The batch was not made.
    func giveBack(_ hold: ResourceOwners.Hold, at now: ClockReading) {
        state.withLock { state in
            if state.sharing == nil {
                state.keys[hold.key]?.release(hold.amount, madeAt: hold.madeAt)
            } else {
                state.sharing?.release(hold, at: now)
            }
        }
    }

    /// The batch was made, and its row says what is held for it: others count it from there.
    func stored(_ hold: ResourceOwners.Hold, at now: ClockReading) {
        state.withLock { $0.sharing?.release(hold, at: now) }
    }

    /// The batch is over, and its row holds nothing any more.
    func release(_ hold: ResourceOwners.Hold) {
        state.withLock { state in
            if state.sharing == nil { state.keys[hold.key]?.release(hold.amount, madeAt: hold.madeAt) }
        }
    }

    /// What an earlier process held, after `startKeys`.
    func restore(_ holds: [ResourceOwners.Hold]) {
        state.withLock { state in
            guard state.sharing == nil else { return }
            for hold in holds { state.keys[hold.key]?.hold(again: hold.amount, madeAt: hold.madeAt) }
        }
    }
}
