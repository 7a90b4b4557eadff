import Routing
import Vocabulary

/// One of a key's limits that instances share. In the order in which they refuse.
enum SharedLimit: String, CaseIterable, Sendable {
    case concurrency, requests, tokens, month, day

    init(_ kind: LimitRefusal.Kind) {
        switch kind {
        case .concurrency: self = .concurrency
        case .requestsPerMinute: self = .requests
        case .tokensPerMinute: self = .tokens
        case .budgetDay: self = .day
        case .budgetMonth: self = .month
        }
    }

    var kind: LimitRefusal.Kind {
        switch self {
        case .concurrency: .concurrency
        case .requests: .requestsPerMinute
        case .tokens: .tokensPerMinute
        case .day: .budgetDay
        case .month: .budgetMonth
        }
    }

    /// Nil: the key has none.
    func amount(in allowance: KeyAllowance) -> Int64? {
        switch self {
        case .concurrency: allowance.concurrency.map(Int64.init)
        case .requests: allowance.requestsPerMinute
        case .tokens: allowance.tokensPerMinute
        case .day: allowance.moneyPerDay
        case .month: allowance.moneyPerMonth
        }
    }

    /// The number of the period that `time` is in: what is counted begins anew with each. Minutes rather than a bucket that fills: all
    /// instances agree on them without asking, and no more comes through in any minute.
    func period(at time: Timestamp) -> Int64 {
        switch self {
        case .concurrency: 0
        case .requests, .tokens: time.milliseconds / 60_000
        case .day: UTCCalendar.day(of: time)
        case .month: UTCCalendar.month(of: time)
        }
    }

    /// What is taken. What costs more than a minute's tokens takes all of them, or it could never be asked for; money at least the smallest
    /// piece, so that nothing runs once it is spent.
    func amount(of need: ShareNeed, limit: Int64?) -> Int64 {
        switch (self, need) {
        case (.concurrency, .request), (.requests, .request): 1
        case (.tokens, .request(let use)): limit.map { min(use.tokens, $0) } ?? use.tokens
        case (.day, .request(let use)), (.month, .request(let use)): max(use.nanoDollars, 1)
        case (.day, .hold(let amount)), (.month, .hold(let amount)): max(amount, 1)
        case (.concurrency, .hold), (.requests, .hold), (.tokens, .hold): 0
        }
    }

    func refusal(at time: Timestamp) -> LimitRefusal {
        switch self {
        case .concurrency: LimitRefusal(kind: kind, retryAfter: .seconds(1), resetsAt: nil)
        case .requests, .tokens: LimitRefusal(kind: kind, retryAfter: .milliseconds(60_000 - time.milliseconds % 60_000), resetsAt: nil)
        case .day: spent(until: UTCCalendar.start(ofDay: period(at: time) + 1), at: time)
        case .month: spent(until: UTCCalendar.start(ofMonth: period(at: time) + 1), at: time)
        }
    }

    private func spent(until reset: Timestamp, at time: Timestamp) -> LimitRefusal {
        LimitRefusal(kind: kind, retryAfter: .milliseconds(reset.milliseconds - time.milliseconds), resetsAt: reset)
    }
}

/// What somebody takes of a key's limits.
enum ShareNeed: Hashable, Sendable {
    /// A request takes of all of them.
    case request(KeyUse)
    /// Nano-dollars that are held for a batch: of the budgets, and of nothing else.
    case hold(Int64)
}

/// What this instance has of one limit in one period.
struct LimitPart: Hashable, Sendable {
    let period: Int64
    /// By running requests; comes back when they end.
    var held: Int64 = 0
    /// For good.
    var spent: Int64 = 0
    /// What the database has given it, in all.
    var granted: Int64 = 0

    var isBlank: Bool { held == 0 && spent == 0 && granted == 0 }

    /// What the next requests may take without asking.
    var idle: Int64 { max(0, granted - held - spent) }
}
