import Routing
import Vocabulary

/// What this instance has of the limits of one key. A value without I/O: what others have is the database's to know.
struct KeyShares: Sendable {
    private(set) var parts: [SharedLimit: LimitPart] = [:]
    /// As the database last heard of it.
    private(set) var told: [SharedLimit: LimitPart] = [:]
    /// Requests in line for more. Nobody overtakes them.
    var waiting = 0
    /// Of some limit more than half is gone: what is not used is given back at once.
    var isTight = true
    /// When something was last taken.
    private(set) var usedAt: Moment?
    /// How often something was given back: what was refused before may have room now.
    private(set) var returns = 0

    /// Whether the database has to hear of it. Of a period in which nothing has happened yet it need not.
    var isChanged: Bool {
        parts.contains { limit, part in
            guard let told = told[limit], told.period == part.period else { return !part.isBlank }
            return told != part
        }
    }

    /// Whether anything is kept for requests to come, or in line.
    var isAtRest: Bool { waiting == 0 && parts.values.allSatisfy { $0.idle == 0 } }

    /// A new minute, day or month begins with nothing.
    mutating func turn(at time: Timestamp) {
        for limit in SharedLimit.allCases {
            let period = limit.period(at: time)
            if parts[limit]?.period != period { parts[limit] = LimitPart(period: period) }
        }
    }

    /// Whether this instance alone has used all that there is of a limit in the present period.
    func hasSpent(_ limit: SharedLimit, below allowance: KeyAllowance, at time: Timestamp) -> Bool {
        guard let part = parts[limit], part.period == limit.period(at: time), let amount = limit.amount(in: allowance) else { return false }
        return part.spent + part.held >= amount
    }

    /// Takes what is needed of each limit, or nothing.
    mutating func take(_ need: ShareNeed, below allowance: KeyAllowance, at now: ClockReading) -> Bool {
        turn(at: now.wall)
        let fits = SharedLimit.allCases.allSatisfy { limit in
            guard let amount = limit.amount(in: allowance) else { return true }
            return parts[limit].map { $0.idle >= limit.amount(of: need, limit: amount) } ?? false
        }
        guard fits else { return false }
        for limit in SharedLimit.allCases { add(limit.amount(of: need, limit: limit.amount(in: allowance)), to: limit) }
        usedAt = now.moment
        return true
    }

    private mutating func add(_ amount: Int64, to limit: SharedLimit) {
        switch limit {
        case .requests, .tokens: change(limit) { $0.spent += amount }
        case .concurrency, .day, .month: change(limit) { $0.held += amount }
        }
    }

    private mutating func change(_ limit: SharedLimit, _ body: (inout LimitPart) -> Void) {
        guard var part = parts[limit] else { return }
        body(&part)
        (part.held, part.spent) = (max(part.held, 0), max(part.spent, 0))
        parts[limit] = part
    }

    /// A request has ended. What it had reserved in an earlier period belongs to that one; what it cost counts where there is a budget, for
    /// the ledger tells what was spent before there was one.
    mutating func settle(_ reservation: KeyLimits.Reservation, used: KeyUse?, below allowance: KeyAllowance, at time: Timestamp) {
        turn(at: time)
        returns &+= 1
        change(.concurrency) { $0.held -= 1 }
        let (estimate, money) = (ShareNeed.request(reservation.estimate), used?.nanoDollars ?? 0)
        change(.tokens) { $0.spent += (used?.tokens ?? 0) - SharedLimit.tokens.amount(of: estimate, limit: allowance.tokensPerMinute) }
        for (limit, period) in [(SharedLimit.day, reservation.day), (.month, reservation.month)] where parts[limit]?.period == period {
            change(limit) { part in
                part.held -= limit.amount(of: estimate, limit: nil)
                guard limit.amount(in: allowance) != nil else { return }
                part.spent = part.spent.addingReportingOverflow(money).overflow ? .max : part.spent + money
            }
        }
    }

    /// What was held for a batch is held here no longer.
    mutating func release(_ hold: ResourceOwners.Hold, at time: Timestamp) {
        turn(at: time)
        returns &+= 1
        for limit in [SharedLimit.day, .month] where parts[limit]?.period == limit.period(at: hold.madeAt) {
            change(limit) { $0.held -= limit.amount(of: .hold(hold.amount), limit: nil) }
        }
    }

    /// Gives back what is not used: from now on nobody here takes it, and the database hears of it.
    mutating func letGo() {
        for limit in SharedLimit.allCases { change(limit) { $0.granted = $0.held + $0.spent } }
    }

    /// What was used beyond what was given: a request that cost more than its estimate.
    mutating func cover() {
        for limit in SharedLimit.allCases { change(limit) { $0.granted = max($0.granted, $0.held + $0.spent) } }
    }

    /// The database has heard of `parts`, and has given this much in all.
    mutating func hear(_ written: [SharedLimit: LimitPart]) {
        for (limit, part) in written {
            told[limit] = part
            guard parts[limit]?.period == part.period else { continue }
            change(limit) { $0.granted = max($0.granted, part.granted) }
        }
    }
}
