/// What a table is made of, whatever its statement was spelled like and in what order its columns stand.
package struct TableShape: Hashable, Sendable {
    /// By name: type and rules, in one spelling.
    package var columns: [String: String]
    /// The table's own rules (keys over several columns, checks), in one spelling and order.
    package var rules: [String]
    /// `strict`, `without rowid`.
    package var options: [String]

    /// Nil when `sql` is no CREATE TABLE with a list of columns; what stands in the brackets of a virtual table is its module's affair.
    package init?(_ sql: String) {
        let tokens = SQLToken.all(of: sql)
        guard let first = tokens.first, first.isWord("create"), tokens.dropFirst().first?.isWord("virtual") != true,
            let open = tokens.firstIndex(where: { $0.isMark("(") }),
            tokens[..<open].contains(where: { $0.isWord("table") }), !tokens[..<open].contains(where: { $0.isWord("as") })
        else { return nil }
        var parts = SQLParts.split(tokens[(open + 1)...])
        guard let rest = parts.popLast() else { return nil }
        columns = [:]
        rules = []
        for part in parts {
            guard let head = part.first else { return nil }
            if head.kind == .word, Self.ruleWords.contains(head.text) {
                rules.append(SQLToken.write(part))
            } else {
                columns[head.text] = ColumnShape.write(part.dropFirst())
            }
        }
        rules.sort()
        options = rest.split { $0.isMark(",") || $0.isMark(";") }.map { SQLToken.write($0) }.sorted()
    }

    private static let ruleWords: Set<String> = ["constraint", "primary", "unique", "check", "foreign"]
}

/// The parts of a bracketed list.
package enum SQLParts {
    /// Splits at the commas of the outermost level. `tokens` begins behind the opening bracket; the last part is what follows the closing one.
    package static func split(_ tokens: ArraySlice<SQLToken>) -> [[SQLToken]] {
        var parts: [[SQLToken]] = []
        var part: [SQLToken] = []
        var depth = 1
        for (index, token) in zip(tokens.indices, tokens) {
            if token.isMark("(") { depth += 1 }
            if token.isMark(")") { depth -= 1 }
            if depth == 0 {
                return parts + [part, Array(tokens[(index + 1)...])]
            }
            if depth == 1, token.isMark(",") {
                parts.append(part)
                part = []
            } else {
                part.append(token)
            }
        }
        return parts + [part, []]
    }
}

/// A column's type and rules.
enum ColumnShape {
    /// In one spelling: the type, then the rules in alphabetical order; a bare NULL says nothing and is left out.
    static func write(_ tokens: some Sequence<SQLToken>) -> String {
        var clauses: [[SQLToken]] = [[]]
        var depth = 0
        for token in tokens {
            if depth == 0, begins(token, after: clauses.last ?? []) {
                clauses.append([token])
            } else {
                clauses[clauses.count - 1].append(token)
            }
            if token.isMark("(") { depth += 1 }
            if token.isMark(")") { depth -= 1 }
        }
        let rules = clauses.dropFirst().map { SQLToken.write($0) }.filter { $0 != "null" }.sorted()
        return ([SQLToken.write(clauses.first ?? [])] + rules).filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Whether `token` begins a rule, given the words of the one before it.
    private static func begins(_ token: SQLToken, after clause: [SQLToken]) -> Bool {
        guard token.kind == .word else { return false }
        let last = clause.last
        switch token.text {
        case "constraint", "primary", "not", "unique", "check", "collate", "references", "generated":
            return !(clause.count == 2 && clause.first?.isWord("constraint") == true)
        case "null": return !(last?.isWord("not") == true || last?.isWord("default") == true || last?.isWord("set") == true)
        case "default": return last?.isWord("set") != true
        case "as": return last?.isWord("always") != true
        default: return false
        }
    }
}
