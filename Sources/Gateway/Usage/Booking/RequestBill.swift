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
            tier: closing.flags.tier, geo: closing.geo)
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
        var bytes: [UInt8] = []
        Self.write(lines, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The same as bytes: for writers of many rows.
    static func write(_ lines: [PriceLine], to bytes: inout [UInt8]) {
        for (index, line) in lines.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ";")) }
            bytes.append(text: line.kind.rawValue)
            for number in [line.tokens, line.perMillion, line.cost] {
                bytes.append(UInt8(ascii: ":"))
                bytes.append(decimal: number)
            }
        }
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
