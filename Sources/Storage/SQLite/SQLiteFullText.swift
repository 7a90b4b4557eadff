/// Full text as FTS5 is asked for it: sqlite.org/fts5.html section 3.
enum SQLiteFullText {
    static func matching(_ query: FullTextQuery, in column: String) -> SQLCondition {
        guard !query.terms.isEmpty else { return .never }
        return SQLCondition("\(column) MATCH ?", [.text(query.terms.map(text).joined(separator: " AND "))])
    }

    /// In quotes nothing is an operator.
    private static func text(_ term: FullTextQuery.Term) -> String {
        switch term {
        case .beginning(let word): "\"\(word)\" *"
        case .phrase(let words): "\"\(words.joined(separator: " "))\""
        }
    }
}

extension SQLiteConnection {
    func matching(_ query: FullTextQuery, in column: String) -> SQLCondition { SQLiteFullText.matching(query, in: column) }
}

extension SQLiteFile {
    package func matching(_ query: FullTextQuery, in column: String) -> SQLCondition { SQLiteFullText.matching(query, in: column) }
}
