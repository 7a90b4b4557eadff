/// What is looked for in a full-text table, in no engine's words. All of `terms` have to be there.
///
/// The words are made by whoever fills the table; see decision 0020. Nothing else than letters and digits gets into one, so that no word is an
/// operator of an engine's query language.
package struct FullTextQuery: Hashable, Sendable {
    package enum Term: Hashable, Sendable {
        /// A word that begins so.
        case beginning(String)
        /// These words, next to each other and in this order.
        case phrase([String])
    }

    /// Characters of a word. InnoDB leaves shorter and longer ones out of its index (`innodb_ft_min_token_size`, `innodb_ft_max_token_size`
    /// as they are shipped), so that they would be found on one engine and not on another.
    package static let lengths = 3...84

    /// None: finds nothing.
    package let terms: [Term]

    /// - Parameter terms: words that are not `[a-z0-9]+` or of another length are left out, and so are phrases without words.
    package init(_ terms: [Term]) {
        self.terms = terms.compactMap { term in
            switch term {
            case .beginning(let word): return Self.isWord(word) ? term : nil
            case .phrase(let words):
                let words = words.filter(Self.isWord)
                return words.isEmpty ? nil : .phrase(words)
            }
        }
    }

    private static func isWord(_ text: String) -> Bool {
        lengths.contains(text.utf8.count) && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    }
}
