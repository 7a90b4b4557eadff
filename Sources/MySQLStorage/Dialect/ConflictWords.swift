#if MySQL
    /// INSERT … ON CONFLICT, in MySQL's words. MySQL asks for no target: any unique rule counts.
    enum ConflictWords {
        static func insert(_ pieces: inout [SQLPiece]) throws -> MySQLText.Counting {
            if let or = pieces.match(["insert", "or", "ignore"], at: 0) {
                pieces.replaceSubrange(or, with: [.word("INSERT"), .space, .word("IGNORE")])
                return .ignoring
            }
            guard pieces.match(["insert", "or"], at: 0) == nil else { throw MySQLDialect.Refusal(text: "INSERT OR …") }
            guard let conflict = pieces.find("on", "conflict") else { return .rows }
            var next = conflict.upperBound
            if let open = pieces.solid(from: next), pieces[open].isMark("(") {
                guard let close = pieces.closing(open) else { throw MySQLDialect.Refusal(text: "ON CONFLICT") }
                next = close + 1
            }
            guard let verb = pieces.solid(from: next) else { throw MySQLDialect.Refusal(text: "ON CONFLICT") }
            if let nothing = pieces.match(["do", "nothing"], at: verb) {
                pieces.removeSubrange(conflict.lowerBound..<nothing.upperBound)
                pieces.replaceSubrange(0..<1, with: [.word("INSERT"), .space, .word("IGNORE")])
                return .ignoring
            }
            guard let update = pieces.match(["do", "update", "set"], at: verb) else { throw MySQLDialect.Refusal(text: "ON CONFLICT") }
            return try upsert(&pieces, conflict.lowerBound..<update.upperBound)
        }

        /// - Parameter clause: from ON CONFLICT to SET.
        private static func upsert(_ pieces: inout [SQLPiece], _ clause: Range<Int>) throws -> MySQLText.Counting {
            let rest = clause.upperBound..<pieces.count
            guard pieces.outermost(rest, word: "where") == nil else { throw MySQLDialect.Refusal(text: "DO UPDATE … WHERE") }
            try AssignmentOrder.check(pieces, rest)
            let rows = tuples(pieces, before: clause.lowerBound)
            var assignments = Array(pieces[rest])
            // excluded.x → VALUES(x)
            while let place = assignments.indices.first(where: { assignments[$0].word == "excluded" }),
                assignments.indices.contains(place + 2), assignments[place + 1].isMark(".")
            {
                assignments.replaceSubrange(place...(place + 2), with: [.word("VALUES"), .mark("("), assignments[place + 2], .mark(")")])
            }
            let words = SQLPiece.all(of: "ON DUPLICATE KEY UPDATE")
            pieces.replaceSubrange(clause.lowerBound..., with: words + assignments)
            return .upserted(rows: rows)
        }

        /// How many rows stand behind VALUES; one when it is a SELECT.
        private static func tuples(_ pieces: [SQLPiece], before end: Int) -> Int {
            guard let values = pieces.find("values"), values.upperBound < end else { return 1 }
            return pieces.split(values.upperBound..<end).count
        }
    }

    /// MySQL carries out the assignments of an UPDATE one after the other; in SQL and SQLite they all see the row as it was.
    enum AssignmentOrder {
        static func check(ofUpdate pieces: [SQLPiece]) throws {
            guard let set = pieces.outermost(0..<pieces.count, word: "set") else { return }
            let end = pieces.outermost(set..<pieces.count, word: "where") ?? pieces.count
            try check(pieces, (set + 1)..<end)
        }

        /// Refuses what would come out differently: a value that reads a column that was assigned before it.
        static func check(_ pieces: [SQLPiece], _ range: Range<Int>) throws {
            var assigned: Set<String> = []
            for part in pieces.split(range) {
                guard let target = pieces.name(at: part.lowerBound), let equals = part.first(where: { pieces[$0].isMark("=") }) else {
                    continue
                }
                for index in (equals + 1)..<max(part.upperBound, equals + 1) where pieces[index].kind == .word {
                    let isOfNew = index >= 2 && pieces[index - 1].isMark(".") && pieces[index - 2].word == "excluded"
                    guard !isOfNew, let word = pieces[index].word, assigned.contains(word) else { continue }
                    throw MySQLDialect.Refusal(text: "\(target) is made of \(word), which is assigned before it")
                }
                assigned.insert(target)
            }
        }
    }
#endif
