package import Vocabulary

/// An own price as somebody asks for it.
package struct PriceDraft: Hashable, Sendable {
    /// A model's id, or a pattern with `*`.
    package var match: String
    /// From when on; nil: ever since, so that past requests can be rated again with it.
    package var effectiveFrom: Timestamp?
    /// Tokens of the prompt above which it counts; 0: always.
    package var tierAbove: Int64
    /// Nano-dollars per million tokens.
    package var input: Int64
    package var output: Int64
    /// Nil: as the input.
    package var cacheRead: Int64?
    package var cacheWrite5m: Int64?
    package var cacheWrite1h: Int64?
    /// Where the price is from; may be empty.
    package var source: String

    package init(
        match: String, effectiveFrom: Timestamp? = nil, tierAbove: Int64 = 0, input: Int64, output: Int64, cacheRead: Int64? = nil,
        cacheWrite5m: Int64? = nil, cacheWrite1h: Int64? = nil, source: String = ""
    ) {
        self.match = match
        self.effectiveFrom = effectiveFrom
        self.tierAbove = tierAbove
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite5m = cacheWrite5m
        self.cacheWrite1h = cacheWrite1h
        self.source = source
    }

    /// - Throws: `GatewayError.invalid`.
    func entry(_ id: PriceID) throws(GatewayError) -> PriceEntry {
        var list = FaultList()
        let pattern = list.read { () throws(GatewayFault) in try Naming.pattern(match, field: "match") }
        if source.count > 100 || source.utf8.count > 400 { list.add(GatewayFault("source", "length", "At most 100 characters.")) }
        if !(0...1_000_000_000).contains(tierAbove) { list.add(GatewayFault("tierAbove", "range", "0 to 1000000000 tokens.")) }
        for (field, rate) in rateFields where !(0...PriceRates.most).contains(rate) {
            list.add(GatewayFault(field, "range", "0 to \(PriceRates.most) nano-dollars per million tokens."))
        }
        try list.check()
        return PriceEntry(
            id: id.description, match: PriceMatch(pattern ?? ""), effectiveFrom: effectiveFrom ?? Timestamp(milliseconds: 0),
            tierAbove: tierAbove, rates: rates, source: source, isThirdParty: false, isOwn: true)
    }

    private var rateFields: [(String, Int64)] {
        [
            ("input", input), ("output", output), ("cacheRead", cacheRead ?? 0), ("cacheWrite5m", cacheWrite5m ?? 0),
            ("cacheWrite1h", cacheWrite1h ?? 0),
        ]
    }

    private var rates: PriceRates {
        PriceRates(
            input: input, output: output, cacheRead: cacheRead ?? input, cacheWrite5m: cacheWrite5m ?? input,
            cacheWrite1h: cacheWrite1h ?? input)
    }
}

extension PriceEntry {
    var auditFields: [AuditField] {
        [
            AuditField("effectiveFrom", effectiveFrom.rfc3339), AuditField("tierAbove", tierAbove), AuditField("input", rates.input),
            AuditField("output", rates.output), AuditField("cacheRead", rates.cacheRead), AuditField("cacheWrite5m", rates.cacheWrite5m),
            AuditField("cacheWrite1h", rates.cacheWrite1h), AuditField("source", source),
        ]
    }
}
