#if MySQL
    import Storage

    /// CREATE and ALTER, in MySQL's words.
    struct SchemaWords {
        let flavour: MySQLFlavour

        func create(_ pieces: inout [SQLPiece]) throws {
            guard let second = pieces.solid(from: 1) else { return }
            switch pieces[second].word {
            case "table": try table(&pieces)
            case "virtual": try fullText(&pieces)
            case "unique", "index": try index(&pieces, isUnique: pieces[second].word == "unique")
            default: throw MySQLDialect.Refusal(text: "CREATE \(pieces[second].text)")
            }
        }

        func alter(_ pieces: inout [SQLPiece]) throws {
            guard let add = pieces.find("add") else { return }
            var start = add.upperBound
            if let word = pieces.solid(from: start), pieces[word].word == "column" { start = word + 1 }
            try column(&pieces, start..<pieces.count)
        }

        /// DROP INDEX name.
        static func droppedIndex(_ pieces: [SQLPiece]) -> String? {
            guard let words = pieces.match(["drop", "index"], at: 0), pieces.find("on") == nil else { return nil }
            let name = pieces.match(["if", "exists"], at: pieces.solid(from: words.upperBound) ?? 0)?.upperBound ?? words.upperBound
            return pieces.name(at: name)
        }

        private func table(_ pieces: inout [SQLPiece]) throws {
            guard let open = pieces.firstIndex(where: { $0.isMark("(") }), let close = pieces.closing(open) else {
                throw MySQLDialect.Refusal(text: "CREATE TABLE")
            }
            pieces.removeSubrange((close + 1)...)
            pieces += SQLPiece.all(of: " \(tail)")
            // From the last to the first, so that the places of the others stay.
            for part in pieces.split((open + 1)..<close).reversed() {
                let word = pieces.solid(from: part.lowerBound).flatMap { pieces[$0].word }
                guard !["constraint", "primary", "unique", "check", "foreign"].contains(word ?? "") else { continue }
                try column(&pieces, part)
            }
        }

        /// A table with an index over its words, where the server has such a thing.
        private func fullText(_ pieces: inout [SQLPiece]) throws {
            guard let table = FullTextTable(SQLPiece.write(pieces)) else {
                throw MySQLDialect.Refusal(text: "a virtual table of another form than \(FullTextTable.form)")
            }
            let (name, column) = (table.name.replacing("\"", with: "\"\""), table.column.replacing("\"", with: "\"\""))
            let index = flavour.hasFullText ? ", FULLTEXT INDEX \"\(column)\" (\"\(column)\")" : ""
            pieces = SQLPiece.all(
                of: "CREATE TABLE \"\(name)\" (\"rowid\" BIGINT NOT NULL PRIMARY KEY, \"\(column)\" LONGTEXT NOT NULL\(index)) \(tail)")
        }

        private var tail: String { "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE \(flavour.collation)" }

        /// - Parameter part: a column's definition, from its name on.
        private func column(_ pieces: inout [SQLPiece], _ part: Range<Int>) throws {
            guard let name = pieces.solid(from: part.lowerBound), let type = pieces.solid(from: name + 1), type < part.upperBound,
                let word = pieces[type].word
            else { throw MySQLDialect.Refusal(text: "a column without a type") }
            let words = Set(part.compactMap { pieces[$0].word })
            // MySQL reads the words and forgets the rule.
            guard !words.contains("references") else { throw MySQLDialect.Refusal(text: "REFERENCES behind a column") }
            if word == "text", let place = pieces.outermost(part, word: "default"), let value = pieces.solid(from: place + 1),
                pieces[value].kind == .text
            {
                // Only as an expression.
                pieces.replaceSubrange(value...value, with: [.mark("("), pieces[value], .mark(")")])
            }
            pieces.replaceSubrange(
                type...type, with: SQLPiece.all(of: Self.type(word, isKey: words.contains("primary") || words.contains("unique"))))
        }

        /// SQLite's whole numbers have 64 bits, its texts no limit. A text that is a key needs one here.
        static func type(_ word: String, isKey: Bool) -> String {
            switch word {
            case "integer", "int": "BIGINT"
            case "text": isKey ? "VARCHAR(255)" : "LONGTEXT"
            case "blob": isKey ? "VARBINARY(255)" : "LONGBLOB"
            case "real": "DOUBLE"
            default: word.uppercased()
            }
        }

        /// An index of some rows becomes one of all: it finds the same. A unique one would refuse more.
        private func index(_ pieces: inout [SQLPiece], isUnique: Bool) throws {
            guard let condition = pieces.outermost(0..<pieces.count, word: "where") else { return }
            guard !isUnique else { throw MySQLDialect.Refusal(text: "a unique index of some rows") }
            pieces.removeSubrange(condition...)
        }
    }
#endif
