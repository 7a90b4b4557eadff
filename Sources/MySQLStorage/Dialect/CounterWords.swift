#if MySQL
    /// UPDATE … SET x = x + 1 … RETURNING x, where MySQL has no RETURNING: what `LAST_INSERT_ID` is given comes back with the answer to the
    /// update, without another round to the server (dev.mysql.com, "Information Functions").
    enum CounterWords {
        /// - Returns: whether it is such a statement.
        /// - Throws: `MySQLDialect.Refusal` for a RETURNING of anything else than one column that the statement sets.
        static func update(_ pieces: inout [SQLPiece]) throws -> Bool {
            guard let returning = pieces.outermost(0..<pieces.count, word: "returning") else { return false }
            let column = pieces.name(at: returning + 1)
            let isOne = pieces.solid(from: returning + 1) == pieces.solid(before: pieces.count)
            guard isOne, let column, let place = value(of: column, in: pieces, before: returning) else {
                throw MySQLDialect.Refusal(text: "RETURNING of anything but one column that is set")
            }
            pieces.removeSubrange(returning...)
            pieces.replaceSubrange(place, with: [.word("LAST_INSERT_ID"), .mark("(")] + pieces[place] + [.mark(")"), .space])
            while let last = pieces.last, last.kind == .space { pieces.removeLast() }
            return true
        }

        /// Where the value stands that `column` is set to.
        private static func value(of column: String, in pieces: [SQLPiece], before end: Int) -> Range<Int>? {
            guard let set = pieces.outermost(0..<end, word: "set") else { return nil }
            let stop = pieces.outermost(set..<end, word: "where") ?? end
            for part in pieces.split((set + 1)..<stop) where pieces.name(at: part.lowerBound) == column {
                guard let equals = part.first(where: { pieces[$0].isMark("=") }), let first = pieces.solid(from: equals + 1),
                    let last = pieces.solid(before: part.upperBound), first <= last
                else { return nil }
                return first..<last + 1
            }
            return nil
        }
    }
#endif
