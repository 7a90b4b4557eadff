package import Storage

/// The keyed hash of a client's key: what the database keeps and what the index of keys is asked for.
///
/// Comparing these may take a time that depends on them: who does not know the house's key can't choose the hash of what it presents, so
/// that the time tells nothing about a stored one.
package struct KeyHash: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The first 32 bytes of `bytes`; what lacks counts as zero.
    init(_ bytes: some Sequence<UInt8>) {
        var rest = bytes.makeIterator()
        func word() -> UInt64 { (0..<8).reduce(0) { word, _ in word << 8 | UInt64(rest.next() ?? 0) } }
        words = (word(), word(), word(), word())
    }

    package var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }

    package static func == (left: KeyHash, right: KeyHash) -> Bool {
        left.words == right.words
    }

    /// One word is enough: they are evenly spread already.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }
}

extension KeyHash: SQLConvertible {
    package init?(sqlValue: SQLValue) {
        guard case .blob(let bytes) = sqlValue, bytes.count == 32 else { return nil }
        self.init(bytes)
    }

    package var sqlValue: SQLValue { .blob(bytes) }
}
