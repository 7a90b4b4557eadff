import Routing

/// Which models a price is for.
///
/// Without `*` it is one model, under its name and under that name with a date behind it: `claude-opus-5` also prices
/// `claude-opus-5-20260301` and `gpt-5` also `gpt-5-2025-08-07`, but neither of them `claude-opus-5-5` or `gpt-5-mini`: those would then be
/// priced wrongly instead of being reported as unpriced. `*` stands for any characters.
package struct PriceMatch: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    /// Nil without `*`.
    private let pattern: ModelPattern?

    /// - Parameter text: 1–200 bytes.
    package init(_ text: String) {
        self.text = text
        pattern = text.utf8.contains(Self.star) ? ModelPattern(text) : nil
    }

    package var description: String { text }

    var hasWildcard: Bool { pattern != nil }
    /// How much of a name it fixes: of two that match, the one with more wins.
    var weight: Int { text.utf8.count { $0 != Self.star } }

    package func matches(_ model: String) -> Bool {
        pattern?.matches(model) ?? (model == text || Self.undated(model) == text)
    }

    /// The name without `-YYYYMMDD` or `-YYYY-MM-DD` at its end; nil when there is none.
    static func undated(_ model: String) -> String? {
        for shape in dates where model.utf8.count > shape.utf8.count {
            let tail = model.utf8.suffix(shape.utf8.count)
            let isDate = zip(tail, shape.utf8).allSatisfy { byte, wanted in
                wanted == UInt8(ascii: "0") ? (0x30...0x39).contains(byte) : byte == wanted
            }
            if isDate { return String(model.dropLast(shape.utf8.count)) }
        }
        return nil
    }

    private static let dates = ["-00000000", "-0000-00-00"]
    private static let star = UInt8(ascii: "*")
}
