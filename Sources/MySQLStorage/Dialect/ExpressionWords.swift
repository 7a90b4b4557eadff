#if MySQL
    /// What reads differently anywhere in a statement.
    enum ExpressionWords {
        static func rewrite(_ pieces: inout [SQLPiece]) throws {
            try joinTexts(&pieces)
            wrapLimits(&pieces)
            var index = 0
            while index < pieces.count {
                switch pieces[index].word {
                case "key": quoteKey(&pieces, index)
                case "is": compare(&pieces, index)
                case "max": extreme(&pieces, index, "GREATEST")
                case "min": extreme(&pieces, index, "LEAST")
                case "length": pieces[index] = call(pieces, index) ? .word("CHAR_LENGTH") : pieces[index]
                case "randomblob": random(&pieces, index)
                case "cast": cast(&pieces, index)
                default: if pieces[index].isMark("/") { divide(&pieces, index) }
                }
                if pieces[index].isMark("==") { pieces[index] = .mark("=") }
                index += 1
            }
        }

        private static func call(_ pieces: [SQLPiece], _ index: Int) -> Bool {
            pieces.solid(from: index + 1).map { pieces[$0].isMark("(") } ?? false
        }

        /// A column of that name; the word itself is reserved here.
        private static func quoteKey(_ pieces: inout [SQLPiece], _ index: Int) {
            let before = pieces.solid(before: index).flatMap { pieces[$0].word }
            guard !["primary", "foreign", "unique", "duplicate"].contains(before ?? "") else { return }
            pieces[index] = SQLPiece(kind: .name, text: "\"key\"")
        }

        /// `a IS ?` compares with NULL, too; IS NULL and IS NOT NULL are the same on both sides.
        private static func compare(_ pieces: inout [SQLPiece], _ index: Int) {
            guard var next = pieces.solid(from: index + 1) else { return }
            let isNot = pieces[next].word == "not"
            if isNot {
                guard let behind = pieces.solid(from: next + 1) else { return }
                next = behind
            }
            guard !["null", "true", "false", "distinct"].contains(pieces[next].word ?? "") else { return }
            guard !isNot else {
                // a IS NOT b → (a <=> b) = 0, as operators of one rank are worked from left to right.
                guard pieces[next].isMark("?") || pieces[next].kind == .word else { return }
                pieces.replaceSubrange(index...next, with: SQLPiece.all(of: "<=> ") + [pieces[next]] + SQLPiece.all(of: " = 0"))
                return
            }
            pieces[index] = .mark("<=>")
        }

        /// MAX of several values, which isn't the aggregate.
        private static func extreme(_ pieces: inout [SQLPiece], _ index: Int, _ word: String) {
            guard let open = pieces.solid(from: index + 1), pieces[open].isMark("("), let close = pieces.closing(open),
                pieces.split((open + 1)..<close).count > 1
            else { return }
            pieces[index] = .word(word)
        }

        private static func random(_ pieces: inout [SQLPiece], _ index: Int) {
            guard let open = pieces.solid(from: index + 1), pieces[open].isMark("("), let close = pieces.closing(open) else { return }
            // 16 bytes, whatever was asked for: servers of all ages have these words.
            pieces.replaceSubrange(index...close, with: SQLPiece.all(of: "unhex(md5(concat(uuid(), rand())))"))
        }

        private static func cast(_ pieces: inout [SQLPiece], _ index: Int) {
            guard let open = pieces.solid(from: index + 1), pieces[open].isMark("("), let close = pieces.closing(open),
                let type = pieces.solid(before: close)
            else { return }
            switch pieces[type].word {
            case "integer": pieces[type] = .word("SIGNED")
            case "text": pieces[type] = .word("CHAR")
            case "blob": pieces[type] = .word("BINARY")
            default: break
            }
        }

        /// Whole numbers stay whole, as the stores keep no others.
        private static func divide(_ pieces: inout [SQLPiece], _ index: Int) {
            pieces.replaceSubrange(index...index, with: [.space, .word("DIV"), .space])
        }

        /// IN (SELECT … LIMIT n): the server takes it only inside of another SELECT, which also lets it read the table that is changed.
        private static func wrapLimits(_ pieces: inout [SQLPiece]) {
            var index = 0
            while let place = pieces.find("in", from: index) {
                index = place.upperBound
                guard let open = pieces.solid(from: index), pieces[open].isMark("("), let close = pieces.closing(open),
                    let first = pieces.solid(from: open + 1), pieces[first].word == "select",
                    pieces.outermost((open + 1)..<close, word: "limit") != nil
                else { continue }
                pieces.insert(contentsOf: SQLPiece.all(of: ") limited"), at: close)
                pieces.insert(contentsOf: SQLPiece.all(of: "SELECT * FROM ("), at: open + 1)
            }
        }

        /// group_concat over an ordered list: here the order stands in the function, and a list can't refer to the row outside of it.
        ///
        /// SELECT group_concat(x, sep) FROM (SELECT expression AS x FROM … ORDER BY order) →
        /// SELECT group_concat(expression ORDER BY order SEPARATOR sep) FROM …
        private static func joinTexts(_ pieces: inout [SQLPiece]) throws {
            guard let word = pieces.find("group_concat") else { return }
            guard let open = pieces.solid(from: word.upperBound), let close = pieces.closing(open),
                let from = pieces.solid(from: close + 1),
                pieces[from].word == "from", let list = pieces.solid(from: from + 1), pieces[list].isMark("("),
                let end = pieces.closing(list)
            else { throw MySQLDialect.Refusal(text: "group_concat") }
            let arguments = pieces.split((open + 1)..<close)
            guard arguments.count == 2, let separator = arguments.last,
                let select = pieces.outermost((list + 1)..<end, word: "select"),
                let alias = pieces.outermost((list + 1)..<end, word: "as"), let source = pieces.outermost(alias..<end, word: "from"),
                let order = pieces.outermost(source..<end, word: "order")
            else { throw MySQLDialect.Refusal(text: "group_concat") }
            let inside =
                pieces[(select + 1)..<alias] + pieces[order..<end] + SQLPiece.all(of: " SEPARATOR ")
                + pieces[separator].drop { $0.kind == .space }
            let behind = pieces[source..<order]
            pieces.replaceSubrange((open + 1)...end, with: Array(inside) + [.mark(")"), .space] + Array(behind))
        }
    }
#endif
