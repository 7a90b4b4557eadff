import Gateway
import Vocabulary

/// An own price as somebody fills it in.
struct PriceBody: Decodable {
    private let match: String
    private let effectiveFrom: Timestamp?
    private let tierAbove: Int64?
    private let input: Money
    private let output: Money
    private let cacheRead: Money?
    private let cacheWrite5m: Money?
    private let cacheWrite1h: Money?
    private let source: String?

    var draft: PriceDraft {
        PriceDraft(
            match: match, effectiveFrom: effectiveFrom, tierAbove: tierAbove ?? 0, input: input.nano, output: output.nano,
            cacheRead: cacheRead?.nano, cacheWrite5m: cacheWrite5m?.nano, cacheWrite1h: cacheWrite1h?.nano, source: source ?? "")
    }
}

/// Which requests to price anew, and whether to write it.
struct RerateBody: Decodable {
    let from: Timestamp
    let to: Timestamp
    let apply: Bool?
}
