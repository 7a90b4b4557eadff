extension StatementEffect {
    /// Why statements of the release before may fail behind this one; nil for an addition that it need not know of.
    /// - Parameters:
    ///   - sql: the statement itself.
    ///   - own: tables that the same migration makes: nobody else works on them yet.
    func hindrance(_ sql: String, statement: Int, own: Set<String>) -> Hindrance? {
        func contract(_ reason: String) -> Hindrance { Hindrance(statement: statement, kind: .contract, reason: reason) }
        switch self {
        case .makesView: return nil
        case .makesTable(let name):
            return Self.keeper(sql, own: own.union([name])).map { contract("table \(name) keeps rows of \($0) from being deleted") }
        case .addsColumn(let table, let column):
            guard !own.contains(table) else { return nil }
            return Self.tightening(sql, column: column).map { contract("column \(table).\(column) \($0)") }
        case .makesIndex(let name, let table, let isUnique):
            return isUnique && !own.contains(table) ? contract("unique index \(name) refuses rows of \(table)") : nil
        case .makesTrigger(let name): return contract("trigger \(name) acts on what others write")
        case .changesRows(let table):
            return own.contains(table) ? nil : Hindrance(statement: statement, kind: .data, reason: text)
        case .renamesTable, .renamesColumn, .dropsColumn, .drops, .unknown: return contract(text)
        }
    }

    /// A table of others whose rows can't be deleted any more once the new table refers to them.
    private static func keeper(_ sql: String, own: Set<String>) -> String? {
        guard let table = TableShape(sql) else { return nil }
        return (table.rules + table.columns.values).lazy.compactMap { rule in
            let tokens = SQLToken.all(of: rule)
            guard let place = tokens.firstIndex(where: { $0.isWord("references") }), tokens.indices.contains(place + 1) else { return nil }
            let name = tokens[place + 1].text
            return own.contains(name) || letsGo(tokens[place...]) ? nil : name
        }.first
    }

    /// ON DELETE CASCADE or SET NULL.
    private static func letsGo(_ reference: ArraySlice<SQLToken>) -> Bool {
        guard let place = reference.firstIndex(where: { $0.isWord("delete") }), reference.indices.contains(place + 1) else { return false }
        return reference[place + 1].isWord("cascade") || reference[place + 1].isWord("set")
    }

    /// What a new column asks of rows whose writer doesn't know it.
    private static func tightening(_ sql: String, column: String) -> String? {
        let tokens = SQLToken.all(of: SQLiteCatalogue.addedColumn(sql, column))
        let outer = outermost(tokens).filter { $0.kind == .word }.map(\.text)
        let hasDefault = outer.contains("default")
        if outer.contains("generated") { return nil }
        if zip(outer, outer.dropFirst()).contains(where: { $0 == "not" && $1 == "null" }), !hasDefault {
            return "has to be filled by all who write"
        }
        if hasDefault, outer.contains("unique") || outer.contains("primary") { return "is unique, and all have its default" }
        if let place = tokens.firstIndex(where: { $0.isWord("references") }), !letsGo(tokens[place...]) {
            return "keeps the rows that it refers to from being deleted"
        }
        return checksOthers(tokens, column: column) ? "checks other columns" : nil
    }

    /// Whether a CHECK names anything but its own column: functions and words of the language are no names.
    private static func checksOthers(_ tokens: [SQLToken], column: String) -> Bool {
        guard let place = tokens.firstIndex(where: { $0.isWord("check") }) else { return false }
        let inside = SQLParts.split(tokens[(place + 1)...].dropFirst()).first ?? []
        return inside.indices.contains { index in
            let token = inside[index]
            guard token.kind != .other, token.text != column else { return false }
            let isCalled = inside.indices.contains(index + 1) && inside[index + 1].isMark("(")
            return token.kind == .name || !(isCalled || words.contains(token.text))
        }
    }

    private static let words: Set<String> = [
        "and", "or", "not", "in", "is", "null", "between", "like", "escape", "case", "when", "then", "else", "end", "glob", "collate",
        "binary",
    ]

    private static func outermost(_ tokens: [SQLToken]) -> [SQLToken] {
        var depth = 0
        return tokens.filter { token in
            if token.isMark(")") { depth -= 1 }
            defer { if token.isMark("(") { depth += 1 } }
            return depth == 0
        }
    }
}
