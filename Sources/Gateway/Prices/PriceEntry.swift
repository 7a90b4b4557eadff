package import Vocabulary

/// A price of a workspace's own.
package enum PriceSubject {}
package typealias PriceID = Identifier<PriceSubject>

/// One line of a price book.
package struct PriceEntry: Hashable, Sendable {
    /// A ULID for own prices; `builtin:` and a text of its own for the others.
    package let id: String
    package let match: PriceMatch
    /// From when on; 0 for ever since.
    package let effectiveFrom: Timestamp
    /// Counts when the whole prompt has more tokens than this; it then prices all tokens of the request.
    package let tierAbove: Int64
    package let rates: PriceRates
    /// Where it was read.
    package let source: String
    /// Not from the vendor itself.
    package let isThirdParty: Bool
    /// Made by the workspace, and so above the built-in book.
    package let isOwn: Bool

    func counts(for prompt: Int64, at time: Timestamp) -> Bool {
        effectiveFrom <= time && (tierAbove == 0 || prompt > tierAbove)
    }

    /// Does it win over `other`, where both match and count? Own prices first, then the narrower match, the later day, the higher tier.
    func isAbove(_ other: PriceEntry) -> Bool {
        if isOwn != other.isOwn { return isOwn }
        if match.weight != other.match.weight { return match.weight > other.match.weight }
        if match.hasWildcard != other.match.hasWildcard { return !match.hasWildcard }
        if effectiveFrom != other.effectiveFrom { return effectiveFrom > other.effectiveFrom }
        return tierAbove > other.tierAbove
    }
}
