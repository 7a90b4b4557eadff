package import Vocabulary

/// A key as somebody asks for it, whole or in part; what is nil or `keep` stays, or takes its default in a new key.
package struct KeyChange: Sendable, Hashable {
    /// Needed for a new key.
    package var name: String?
    /// At least one of `inference`, `files`, `models`; default all.
    package var scopes: [String]?
    /// Up to 200 patterns with `*`; empty (default): every model.
    package var models: [String]?
    /// In the future; nil: never.
    package var expiresAt: Edit<Timestamp?>
    /// 1–10⁶.
    package var requestsPerMinute: Edit<Int64?>
    /// 1–10¹².
    package var tokensPerMinute: Edit<Int64?>
    /// 1–10,000.
    package var concurrency: Edit<Int64?>
    /// Nano-dollars, 0–10¹⁸ (a thousand million dollars).
    package var budgetDay: Edit<Int64?>
    package var budgetMonth: Edit<Int64?>

    package init(
        name: String? = nil, scopes: [String]? = nil, models: [String]? = nil, expiresAt: Edit<Timestamp?> = .keep,
        requestsPerMinute: Edit<Int64?> = .keep, tokensPerMinute: Edit<Int64?> = .keep, concurrency: Edit<Int64?> = .keep,
        budgetDay: Edit<Int64?> = .keep, budgetMonth: Edit<Int64?> = .keep
    ) {
        self.name = name
        self.scopes = scopes
        self.models = models
        self.expiresAt = expiresAt
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.concurrency = concurrency
        self.budgetDay = budgetDay
        self.budgetMonth = budgetMonth
    }
}
