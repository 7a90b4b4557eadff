import Synchronization
package import Vocabulary

/// What models cost: the built-in book, overruled by a workspace's own entries. A value; asking it takes no lock and no I/O.
///
/// All arithmetic is exact in integers; a cost is rounded once, per line, to the nearest nano-dollar (halves up). Sums that 64 bits don't
/// hold stay at their largest value: nothing traps, and nothing becomes negative.
package struct PriceBook: Sendable {
    /// Own entries, newest first.
    package let own: [PriceEntry]
    private let byName: [String: [PriceEntry]]
    private let wide: [PriceEntry]
    private let matches = PriceMatches()

    /// The built-in book alone.
    package static let builtIn = PriceBook(own: [])

    package init(own: [PriceEntry]) {
        let all = own + Self.builtInEntries
        self.own = own
        byName = Dictionary(grouping: all.filter { !$0.match.hasWildcard }, by: \.match.text)
        wide = all.filter(\.match.hasWildcard)
    }

    /// Own entries, then the built-in ones.
    package var entries: [PriceEntry] { own + Self.builtInEntries }

    /// The line that prices a request; nil when none does.
    /// - Parameter prompt: all tokens of the prompt, cached ones too.
    package func entry(for model: String, prompt: Int64, at time: Timestamp) -> PriceEntry? {
        // Names come from clients: what no pattern can match is not worth walking along.
        guard model.utf8.count <= 256 else { return nil }
        let candidates = matches.entries(for: model) { matching(model) }
        var best: Int?
        for place in candidates.indices where candidates[place].counts(for: prompt, at: time) {
            if best.map({ candidates[place].isAbove(candidates[$0]) }) ?? true { best = place }
        }
        return best.map { candidates[$0] }
    }

    private func matching(_ model: String) -> [PriceEntry] {
        let named = [model, PriceMatch.undated(model)].compactMap { $0.flatMap { byName[$0] } }.joined()
        return Array(named) + wide.filter { $0.match.matches(model) }
    }

    /// The bill of one request; nil when the book has no price for `model`: the request is then *unpriced*, never free.
    /// - Parameters:
    ///   - model: as the node was asked for it.
    ///   - time: when the request came in.
    ///   - tier: on which terms the node served it; one whose price nobody knows is unpriced too.
    ///   - geo: `inference_geo` of the answer.
    package func price(
        _ tokens: PricedTokens, model: String, at time: Timestamp, tier: PriceTier = .standard, geo: String? = nil
    ) -> PricedUsage? {
        guard let terms = terms(model: model, prompt: tokens.prompt, at: time, tier: tier, geo: geo) else { return nil }
        return PricedUsage(tokens, rates: terms.rates, factor: terms.factor)
    }

    /// The total of that bill alone.
    package func cost(
        of tokens: PricedTokens, model: String, at time: Timestamp, tier: PriceTier = .standard, geo: String? = nil
    ) -> Int64? {
        terms(model: model, prompt: tokens.prompt, at: time, tier: tier, geo: geo).map {
            PricedUsage.total(tokens, rates: $0.rates, factor: $0.factor)
        }
    }

    private func terms(
        model: String, prompt: Int64, at time: Timestamp, tier: PriceTier, geo: String?
    ) -> (rates: PriceRates, factor: PriceFactor)? {
        guard let entry = entry(for: model, prompt: prompt, at: time) else { return nil }
        let isRegional = geo == "us" && Self.chargesRegion(model)
        return Self.factor(tier, model: model, isRegional: isRegional).map { (entry.rates, $0) }
    }

    /// What a request may cost at most, for the reservation before it is sent: its prompt as if all of it were written to the 5-minute
    /// cache, where that is dearer, and all the output it allows. Nano-dollars; nil when the model is unpriced.
    package func estimate(model: String, inputTokens: Int64, maxOutput: Int64, at time: Timestamp, geo: String? = nil) -> Int64? {
        let plain = PricedTokens(input: inputTokens, output: maxOutput)
        let written = PricedTokens(cacheWrite5m: inputTokens, output: maxOutput)
        // Both have the same prompt, and so the same line of the book.
        guard let (rates, factor) = terms(model: model, prompt: plain.prompt, at: time, tier: .standard, geo: geo) else { return nil }
        return max(
            PricedUsage.total(plain, rates: rates, factor: factor), PricedUsage.total(written, rates: rates, factor: factor))
    }
}

/// Which entries of a book match the names that clients use: patterns are walked along once for each name, not for each request.
private final class PriceMatches: Sendable {
    /// Names come from clients: so many are remembered.
    private static let limit = 256
    private let known = Mutex<[String: [PriceEntry]]>([:])

    func entries(for model: String, find: () -> [PriceEntry]) -> [PriceEntry] {
        if let found = known.withLock({ $0[model] }) { return found }
        let found = find()
        known.withLock { known in
            if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
            known[model] = found
        }
        return found
    }
}

/// What multiplies every token's price.
struct PriceFactor {
    let numerator: Int64
    let denominator: Int64

    init(numerator: Int64 = 1, denominator: Int64 = 1, isRegional: Bool) {
        self.numerator = numerator * (isRegional ? 11 : 1)
        self.denominator = denominator * (isRegional ? 10 : 1)
    }

    /// Searches cost the same everywhere.
    static let one = PriceFactor(isRegional: false)
}

/// A request's bill.
package struct PricedUsage: Hashable, Sendable {
    /// Nano-dollars.
    package let total: Int64
    /// A line for each kind that was used.
    package let lines: [PriceLine]

    init(_ tokens: PricedTokens, rates: PriceRates, factor: PriceFactor) {
        lines = TokenKind.allCases.compactMap { kind in
            Self.line(kind, tokens.count(of: kind), rate: rates.rate(of: kind), factor: kind == .webSearch ? .one : factor)
        }
        total = lines.reduce(0) { Self.sum($0, $1.cost) }
    }

    /// What the lines of such a bill come to, without making them.
    static func total(_ tokens: PricedTokens, rates: PriceRates, factor: PriceFactor) -> Int64 {
        TokenKind.allCases.reduce(0) { total, kind in
            let count = tokens.count(of: kind)
            guard count > 0 else { return total }
            return sum(total, cost(of: count, rate: rates.rate(of: kind), factor: kind == .webSearch ? .one : factor))
        }
    }

    private static func sum(_ one: Int64, _ other: Int64) -> Int64 {
        let (sum, overflows) = one.addingReportingOverflow(other)
        return overflows ? .max : sum
    }

    private static func cost(of count: Int64, rate: Int64, factor: PriceFactor) -> Int64 {
        rounded(Int128(count) * Int128(rate) * Int128(factor.numerator), by: 1_000_000 * Int128(factor.denominator))
    }

    private static func line(_ kind: TokenKind, _ count: Int64, rate: Int64, factor: PriceFactor) -> PriceLine? {
        guard count > 0 else { return nil }
        return PriceLine(
            kind: kind, tokens: count, perMillion: rounded(Int128(rate) * Int128(factor.numerator), by: Int128(factor.denominator)),
            cost: cost(of: count, rate: rate, factor: factor))
    }

    /// The quotient of two numbers that are not negative, to the nearest, halves up.
    private static func rounded(_ value: Int128, by divisor: Int128) -> Int64 {
        Int64(clamping: (2 * value + divisor) / (2 * divisor))
    }
}

extension PricedTokens {
    func count(of kind: TokenKind) -> Int64 {
        switch kind {
        case .input: input
        case .output: output
        case .cacheRead: cacheRead
        case .cacheWrite5m: cacheWrite5m
        case .cacheWrite1h: cacheWrite1h
        case .webSearch: webSearches
        }
    }
}
