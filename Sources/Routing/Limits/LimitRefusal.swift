package import Vocabulary

/// A key has used up what it may.
package struct LimitRefusal: Error, Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case concurrency
        case requestsPerMinute = "requests_per_minute"
        case tokensPerMinute = "tokens_per_minute"
        case budgetDay = "budget_day"
        case budgetMonth = "budget_month"
    }

    package let kind: Kind
    /// When trying again may help.
    package let retryAfter: Duration
    /// With budgets: when the next day or month begins.
    package let resetsAt: Timestamp?

    package init(kind: Kind, retryAfter: Duration, resetsAt: Timestamp?) {
        self.kind = kind
        self.retryAfter = retryAfter
        self.resetsAt = resetsAt
    }

    /// As docs/gateway.md §9 writes it.
    package var code: String { "gateway.\(kind.rawValue)" }

    /// 402 rather than 429: waiting a minute does not help.
    package var isMoney: Bool { kind == .budgetDay || kind == .budgetMonth }
}
