import Routing
import Synchronization
import Vocabulary

/// Whether a request may begin.
enum Admission {
    case admitted(KeyLimits.Reservation)
    case refused(LimitRefusal)
    /// What this instance has of the key's limits does not reach: the others have to be asked (`LimitShares.obtain`).
    case undecided
}

extension Admission {
    /// A refusal by this instance's own bucket, which fills all the time: where the minute that all share is spent already, it is that one's
    /// end that the client has to wait for.
    fileprivate func waiting(for shares: KeyShares?, below allowance: KeyAllowance, at time: Timestamp) -> Admission {
        guard case .refused(let refusal) = self, let shares else { return self }
        let limit = SharedLimit(refusal.kind)
        guard shares.hasSpent(limit, below: allowance, at: time) else { return self }
        let later = limit.refusal(at: time)
        return later.retryAfter > refusal.retryAfter ? .refused(later) : self
    }
}

extension TrafficControl {
    /// What this instance has of keys' limits, where others take from the same ones.
    struct ShareBook {
        /// Whether what it holds may be used without asking.
        let mayUseIdle: @Sendable () -> Bool
        var keys: [KeyID: KeyShares] = [:]
        /// Of which there may be something to tell or to give back: the others are not looked at.
        var touched: Set<KeyID> = []

        mutating func take(_ key: GatewayKey, _ need: ShareNeed, at now: ClockReading) -> Bool {
            guard keys[key.id, default: KeyShares()].take(need, below: key.limits, at: now) else { return false }
            touched.insert(key.id)
            return true
        }

        mutating func settle(
            _ reservation: KeyLimits.Reservation, of key: KeyID, used: KeyUse?, below allowance: KeyAllowance, at now: ClockReading
        ) {
            keys[key]?.settle(reservation, used: used, below: allowance, at: now.wall)
            touched.insert(key)
        }

        mutating func release(_ hold: ResourceOwners.Hold, at now: ClockReading) {
            keys[hold.key]?.release(hold, at: now.wall)
            touched.insert(hold.key)
        }
    }

    /// May the key do this? Takes everything or nothing. In a house of one instance it is never undecided.
    func admission(_ key: GatewayKey, _ estimate: KeyUse, at now: ClockReading) -> Admission {
        state.withLock { state in
            let answer = state.keys[key.id, default: KeyLimits(key.limits, at: now)].admit(estimate, at: now)
            guard case .success(let reservation) = answer else {
                return answer.admission.waiting(for: state.sharing?.keys[key.id], below: key.limits, at: now.wall)
            }
            guard
                state.sharing == nil || key.limits == KeyAllowance()
                    || Self.takeShare(key, .request(estimate), at: now, from: &state.sharing)
            else {
                state.keys[key.id]?.withdraw(reservation, at: now)
                return .undecided
            }
            state.retries.noteRequest(of: key.workspace, at: now.moment)
            return .admitted(reservation)
        }
    }

    /// Without asking the others.
    static func takeShare(_ key: GatewayKey, _ need: ShareNeed, at now: ClockReading, from book: inout ShareBook?) -> Bool {
        guard let mayUse = book?.mayUseIdle, book?.keys[key.id, default: KeyShares()].waiting ?? 0 == 0, mayUse() else { return false }
        return book?.take(key, need, at: now) ?? false
    }

    /// The same for one that was in line, with what the database has given for it.
    func takeGranted(_ key: GatewayKey, _ need: ShareNeed, at now: ClockReading) -> ShareWaiter.Answer {
        switch need {
        case .request(let estimate): admitGranted(key, estimate, at: now)
        case .hold(let amount): holdGranted(amount, by: key, at: now)
        }
    }

    private func admitGranted(_ key: GatewayKey, _ estimate: KeyUse, at now: ClockReading) -> ShareWaiter.Answer {
        state.withLock { state in
            let answer = state.keys[key.id, default: KeyLimits(key.limits, at: now)].admit(estimate, at: now)
            switch answer {
            case .failure(let refusal): return .refused(refusal, hope: .none)
            case .success(let reservation):
                guard state.sharing?.take(key, .request(estimate), at: now) == true else {
                    state.keys[key.id]?.withdraw(reservation, at: now)
                    // Another request cost more than its estimate meanwhile.
                    return .refused(SharedLimit.concurrency.refusal(at: now.wall), hope: .idle)
                }
                state.retries.noteRequest(of: key.workspace, at: now.moment)
                return .given(.place(reservation))
            }
        }
    }

    private func holdGranted(_ amount: Int64, by key: GatewayKey, at now: ClockReading) -> ShareWaiter.Answer {
        state.withLock { state in
            guard state.sharing?.take(key, .hold(amount), at: now) == true else {
                return .refused(SharedLimit.day.refusal(at: now.wall), hope: .idle)
            }
            return .given(.hold(ResourceOwners.Hold(key: key.id, amount: amount, madeAt: now.wall)))
        }
    }

    /// What was given is not needed.
    func giveBack(_ grant: ShareGrant, of key: KeyID, at now: ClockReading) {
        switch grant {
        case .place(let reservation): settle(reservation, of: key, used: nil, at: now)
        case .hold(let hold): giveBack(hold, at: now)
        }
    }

    /// How often this instance has given back something of the key's limits.
    func returns(of key: KeyID) -> Int {
        state.withLock { $0.sharing?.keys[key]?.returns ?? 0 }
    }

    /// Whether others have to know what the key spends.
    func sharesMoney(of key: KeyID) -> Bool {
        state.withLock { state in
            guard state.sharing != nil, let allowance = state.keys[key]?.allowance else { return false }
            return allowance.moneyPerDay != nil || allowance.moneyPerMonth != nil
        }
    }

    func noteWaiting(for key: KeyID, _ change: Int) {
        state.withLock { $0.sharing?.keys[key, default: KeyShares()].waiting += change }
    }

    /// Nothing is kept for requests to come.
    func letGo() {
        state.withLock { state in
            for key in Array((state.sharing?.keys ?? [:]).keys) { state.sharing?.keys[key]?.letGo() }
        }
    }

    /// What the database has to hear: of keys that somebody waits for, and of those that have changed.
    func asks(of waiters: [ShareWaiter], at now: ClockReading) -> [ShareAsk] {
        let needs = Dictionary(grouping: waiters, by: \.key.id)
        return state.withLock { state in
            guard var book = state.sharing else { return [] }
            state.sharing = nil
            defer { state.sharing = book }
            var asks: [ShareAsk] = []
            for id in book.touched.union(needs.keys) {
                let allowance = needs[id]?.first?.key.limits ?? state.keys[id]?.allowance ?? KeyAllowance()
                guard let ask = book.keys[id, default: KeyShares()].ask(id, allowance, needs[id]?.map(\.need) ?? [], at: now) else {
                    if book.keys[id]?.isAtRest ?? true { book.touched.remove(id) }
                    continue
                }
                book.touched.insert(id)
                asks.append(ask)
            }
            return asks
        }
    }

    func hear(_ answer: ShareAnswer, of key: KeyID) {
        state.withLock { state in
            state.sharing?.keys[key]?.hear(answer.parts)
            state.sharing?.keys[key]?.isTight = answer.isTight
        }
    }
}

extension KeyShares {
    /// Nil: there is nothing to tell and nothing to ask for.
    mutating func ask(_ key: KeyID, _ allowance: KeyAllowance, _ needs: [ShareNeed], at now: ClockReading) -> ShareAsk? {
        turn(at: now.wall)
        let isIdle = usedAt.map { $0 + LimitShares.idleTime < now.moment } ?? true
        if needs.isEmpty, isTight || isIdle { letGo() }
        cover()
        guard !needs.isEmpty || isChanged && allowance != KeyAllowance() else { return nil }
        return ShareAsk(key: key, allowance: allowance, parts: parts, needs: needs)
    }
}

extension Result<KeyLimits.Reservation, LimitRefusal> {
    fileprivate var admission: Admission {
        switch self {
        case .success(let reservation): .admitted(reservation)
        case .failure(let refusal): .refused(refusal)
        }
    }
}
