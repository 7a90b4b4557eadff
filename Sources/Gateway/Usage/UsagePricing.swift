package import Vocabulary

/// The kinds of token that a price book tells apart.
package enum TokenKind: String, Sendable, CaseIterable {
    case input
    case cacheRead = "cache_read"
    case cacheWrite5m = "cache_write_5m"
    case cacheWrite1h = "cache_write_1h"
    case output
    /// Not tokens: searches that the provider ran and charges for each.
    case webSearch = "web_search"
}

/// What one request used, as its node reported it: the kinds add up, none is counted inside another.
package struct PricedTokens: Hashable, Sendable {
    /// Without what was read from or written to the prompt cache.
    package let input: Int64
    package let cacheRead: Int64
    package let cacheWrite5m: Int64
    package let cacheWrite1h: Int64
    /// With reasoning.
    package let output: Int64
    package let webSearches: Int64

    /// Negative counts, which no node should report, become 0: money must never flow back by a broken answer.
    package init(
        input: Int64 = 0, cacheRead: Int64 = 0, cacheWrite5m: Int64 = 0, cacheWrite1h: Int64 = 0, output: Int64 = 0, webSearches: Int64 = 0
    ) {
        self.input = Self.sane(input)
        self.cacheRead = Self.sane(cacheRead)
        self.cacheWrite5m = Self.sane(cacheWrite5m)
        self.cacheWrite1h = Self.sane(cacheWrite1h)
        self.output = Self.sane(output)
        self.webSearches = Self.sane(webSearches)
    }

    /// What one request may report of one kind. More is a broken answer, and sums of it would leave 64 bits.
    package static let most: Int64 = 1_000_000_000

    private static func sane(_ count: Int64) -> Int64 { min(max(0, count), most) }

    /// The whole prompt: what prompt tiers are decided by.
    package var prompt: Int64 { input + cacheRead + cacheWrite5m + cacheWrite1h }
    package var cacheWrite: Int64 { cacheWrite5m + cacheWrite1h }
}

/// One line of a request's bill.
package struct PriceLine: Hashable, Sendable {
    package let kind: TokenKind
    /// How many of `kind`.
    package let tokens: Int64
    /// Nano-dollars per million of `kind`, modifiers (tier, geography) included.
    package let perMillion: Int64
    /// Nano-dollars.
    package let cost: Int64

    package init(kind: TokenKind, tokens: Int64, perMillion: Int64, cost: Int64) {
        self.kind = kind
        self.tokens = tokens
        self.perMillion = perMillion
        self.cost = cost
    }
}

/// What the ledger asks of the price book.
package protocol UsagePricing: Sendable {
    /// The bill of one request; nil when the book has no price for `model` in `tier`: the request is then *unpriced*, never free.
    ///
    /// Synchronous and called for every closed request, off the request's path: it must not block.
    /// - Parameters:
    ///   - model: as the node was asked for it.
    ///   - time: when the request came in.
    ///   - tier: on which terms the node served it.
    ///   - geo: `inference_geo` of the answer, nil when there was none.
    func bill(_ tokens: PricedTokens, model: String, workspace: WorkspaceID, at time: Timestamp, tier: PriceTier, geo: String?)
        -> [PriceLine]?
}
