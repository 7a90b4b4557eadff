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
        let named = [model, PriceMatch.undated(model)].compactMap { $0.flatMap { byName[$0] } }.joined()
        let candidates = Array(named) + wide.filter { $0.match.matches(model) }
        return candidates.filter { $0.counts(for: prompt, at: time) }.reduce(nil) { best, entry in
            best.map { entry.isAbove($0) ? entry : $0 } ?? entry
        }
    }

    /// The bill of one request; nil when the book has no price for `model`: the request is then *unpriced*, never free.
    /// - Parameters:
    ///   - model: as the node was asked for it.
    ///   - time: when the request came in.
    ///   - geo: `inference_geo` of the answer.
    package func price(_ tokens: PricedTokens, model: String, at time: Timestamp, isBatch: Bool = false, geo: String? = nil) -> PricedUsage?
    {
        guard let entry = entry(for: model, prompt: tokens.prompt, at: time) else { return nil }
        let isRegional = geo == "us" && Self.chargesRegion(model)
        return PricedUsage(tokens, rates: entry.rates, factor: PriceFactor(isBatch: isBatch, isRegional: isRegional))
    }

    /// What a request may cost at most, for the reservation before it is sent: its prompt as if all of it were written to the 5-minute
    /// cache, where that is dearer, and all the output it allows. Nano-dollars; nil when the model is unpriced.
    package func estimate(model: String, inputTokens: Int64, maxOutput: Int64, at time: Timestamp, geo: String? = nil) -> Int64? {
        let plain = PricedTokens(input: inputTokens, output: maxOutput)
        let written = PricedTokens(cacheWrite5m: inputTokens, output: maxOutput)
        guard let plain = price(plain, model: model, at: time, geo: geo), let written = price(written, model: model, at: time, geo: geo)
        else { return nil }
        return max(plain.total, written.total)
    }
}

/// What multiplies every token's price.
struct PriceFactor {
    let numerator: Int64
    let denominator: Int64

    init(isBatch: Bool, isRegional: Bool) {
        numerator = isRegional ? 11 : 1
        denominator = (isBatch ? 2 : 1) * (isRegional ? 10 : 1)
    }

    /// Searches cost the same everywhere.
    static let one = PriceFactor(isBatch: false, isRegional: false)
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
        total = lines.reduce(0) { sum, line in
            let (next, overflows) = sum.addingReportingOverflow(line.cost)
            return overflows ? .max : next
        }
    }

    private static func line(_ kind: TokenKind, _ count: Int64, rate: Int64, factor: PriceFactor) -> PriceLine? {
        guard count > 0 else { return nil }
        let rate = Int128(rate) * Int128(factor.numerator)
        return PriceLine(
            kind: kind, tokens: count, perMillion: rounded(rate, by: Int128(factor.denominator)),
            cost: rounded(Int128(count) * rate, by: 1_000_000 * Int128(factor.denominator)))
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
