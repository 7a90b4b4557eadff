/// What a model's tokens cost, in nano-dollars per million (5,000,000,000 = $5 per million = 5,000 per token).
package struct PriceRates: Hashable, Sendable {
    package let input: Int64
    package let output: Int64
    package let cacheRead: Int64
    /// For 5 minutes; where a provider doesn't tell the lives apart, for its shorter one.
    package let cacheWrite5m: Int64
    /// For an hour, or the provider's longer life.
    package let cacheWrite1h: Int64

    /// - Parameters: each 0 to `most`; what is beyond is brought into it.
    package init(input: Int64, output: Int64, cacheRead: Int64, cacheWrite5m: Int64, cacheWrite1h: Int64) {
        self.input = input.clamped(to: 0...Self.most)
        self.output = output.clamped(to: 0...Self.most)
        self.cacheRead = cacheRead.clamped(to: 0...Self.most)
        self.cacheWrite5m = cacheWrite5m.clamped(to: 0...Self.most)
        self.cacheWrite1h = cacheWrite1h.clamped(to: 0...Self.most)
    }

    /// A million dollars per million tokens: far above any price, and far from the ends of 64 bits.
    package static let most: Int64 = 1_000_000_000_000_000
    /// What one web search costs (about $10 per 1,000, platform.claude.com); nano-dollars per million of them, as lines show it.
    package static let webSearch: Int64 = 10_000_000_000_000

    /// The rate of one kind of token.
    package func rate(of kind: TokenKind) -> Int64 {
        switch kind {
        case .input: input
        case .output: output
        case .cacheRead: cacheRead
        case .cacheWrite5m: cacheWrite5m
        case .cacheWrite1h: cacheWrite1h
        case .webSearch: Self.webSearch
        }
    }
}
