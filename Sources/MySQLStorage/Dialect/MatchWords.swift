#if MySQL
    import Storage

    /// Full text as MySQL and MariaDB are asked for it: dev.mysql.com, "Boolean Full-Text Searches".
    enum MatchWords {
        static func matching(_ query: FullTextQuery, in column: String, flavour: MySQLFlavour) -> SQLCondition {
            guard !query.terms.isEmpty else { return .never }
            guard flavour.hasFullText else { return like(query, column) }
            let words = query.terms.map(text).joined(separator: " ")
            return SQLCondition("MATCH (\(column)) AGAINST (? IN BOOLEAN MODE)", [.text(words)])
        }

        private static func text(_ term: FullTextQuery.Term) -> String {
            switch term {
            case .beginning(let word): "+\(word)*"
            // In quotes the server would read every row again for what its index has told already.
            case .phrase(let words): words.count == 1 ? "+\(words.joined())" : "+\"\(words.joined(separator: " "))\""
            }
        }

        /// Reads every row's text. Exact, as there is one space before, between and behind the words that are stored.
        private static func like(_ query: FullTextQuery, _ column: String) -> SQLCondition {
            let patterns = query.terms.map { term in
                switch term {
                case .beginning(let word): "% \(word)%"
                case .phrase(let words): "% \(words.joined(separator: " ")) %"
                }
            }
            let text = patterns.map { _ in "\(column) LIKE ?" }.joined(separator: " AND ")
            return SQLCondition("(\(text))", patterns.map { .text($0) })
        }
    }

    extension MySQLConnection {
        func matching(_ query: FullTextQuery, in column: String) -> SQLCondition {
            MatchWords.matching(query, in: column, flavour: flavour)
        }
    }
#endif
