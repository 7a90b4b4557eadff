import Vocabulary

/// What a request costs.
enum RequestBill: Hashable {
    /// It used nothing that is charged for.
    case nothing
    case priced([PriceLine])
    /// The price book doesn't know the model.
    case unpriced

    /// Asks `pricing` about a request of `workspace` that ended as `closing` says.
    init(_ closing: RequestClosing, of opening: RequestOpening, pricing: any UsagePricing) {
        guard let usage = closing.usage else {
            self = .nothing
            return
        }
        let lines = pricing.bill(
            usage, model: closing.mappedModel ?? opening.model, workspace: opening.workspace, at: opening.id.time,
            isBatch: closing.flags.contains(.batch), geo: closing.geo)
        self = lines.map { .priced($0) } ?? .unpriced
    }

    /// What one request costs at most: $100,000. More comes of a price with too many zeros, and sums of it would leave the 64 bits of the
    /// database, which then answers no question about the period any more.
    static let most: Int64 = 100_000_000_000_000

    /// Nano-dollars, up to `most`; nil unless it is priced.
    var cost: Int64? {
        guard case .priced(let lines) = self else { return nil }
        return lines.reduce(Int64(0)) { $0.addingWithoutOverflow($1.cost) }.clamped(to: 0...Self.most)
    }
}

extension RequestBill {
    /// As the database keeps it: `input:1200:3000000000:3600000;output:…`, kind, tokens, nano-dollars per million, nano-dollars.
    var text: String? {
        guard case .priced(let lines) = self else { return nil }
        return lines.map { "\($0.kind.rawValue):\($0.tokens):\($0.perMillion):\($0.cost)" }.joined(separator: ";")
    }

    /// The lines that `text` wrote; what it did not write is left out.
    static func lines(of text: String) -> [PriceLine] {
        text.split(separator: ";").compactMap { line in
            let parts = line.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 4, let kind = TokenKind(rawValue: String(parts[0])), let tokens = Int64(parts[1]),
                let rate = Int64(parts[2]),
                let cost = Int64(parts[3])
            else { return nil }
            return PriceLine(kind: kind, tokens: tokens, perMillion: rate, cost: cost)
        }
    }
}
