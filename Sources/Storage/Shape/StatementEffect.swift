/// What a statement of a migration does to the schema, as far as it can be read from its text.
package enum StatementEffect: Hashable, Sendable {
    case makesTable(String)
    case makesIndex(String, table: String, isUnique: Bool)
    case makesTrigger(String)
    case makesView(String)
    case addsColumn(table: String, column: String)
    case renamesTable(String, to: String)
    case renamesColumn(table: String, column: String, to: String)
    case dropsColumn(table: String, column: String)
    case drops(kind: String, name: String)
    case changesRows(table: String)
    /// Nothing that this program knows: nobody can tell from outside whether it was done.
    case unknown

    package init(_ sql: String) {
        var words = SQLToken.all(of: sql)[...]
        switch words.popFirst()?.text {
        case "create": self = Self.creation(&words)
        case "alter": self = Self.alteration(&words)
        case "drop": self = Self.removal(&words)
        case "insert", "replace":
            while let word = words.first, !word.isWord("into") { _ = words.popFirst() }
            _ = words.popFirst()
            self = Self.name(&words).map { .changesRows(table: $0) } ?? .unknown
        case "update":
            if words.first?.isWord("or") == true { words = words.dropFirst(2) }
            self = Self.name(&words).map { .changesRows(table: $0) } ?? .unknown
        case "delete":
            _ = words.popFirst()
            self = Self.name(&words).map { .changesRows(table: $0) } ?? .unknown
        default: self = .unknown
        }
    }

    /// In a few words, for people.
    package var text: String {
        switch self {
        case .makesTable(let name): "makes table \(name)"
        case .makesIndex(let name, let table, let isUnique): "makes \(isUnique ? "unique " : "")index \(name) on \(table)"
        case .makesTrigger(let name): "makes trigger \(name)"
        case .makesView(let name): "makes view \(name)"
        case .addsColumn(let table, let column): "adds column \(table).\(column)"
        case .renamesTable(let name, let other): "renames table \(name) to \(other)"
        case .renamesColumn(let table, let column, let other): "renames column \(table).\(column) to \(other)"
        case .dropsColumn(let table, let column): "drops column \(table).\(column)"
        case .drops(let kind, let name): "drops \(kind) \(name)"
        case .changesRows(let table): "changes rows of \(table)"
        case .unknown: "does something that can't be told from its text"
        }
    }

    private static func creation(_ words: inout ArraySlice<SQLToken>) -> StatementEffect {
        var isUnique = false
        while let word = words.popFirst() {
            switch word.text {
            case "temp", "temporary", "virtual": continue
            case "unique": isUnique = true
            case "table": return name(&words).map { .makesTable($0) } ?? .unknown
            case "trigger": return name(&words).map { .makesTrigger($0) } ?? .unknown
            case "view": return name(&words).map { .makesView($0) } ?? .unknown
            case "index":
                guard let name = name(&words), words.popFirst()?.isWord("on") == true, let table = words.first?.text else {
                    return .unknown
                }
                return .makesIndex(name, table: table, isUnique: isUnique)
            default: return .unknown
            }
        }
        return .unknown
    }

    private static func alteration(_ words: inout ArraySlice<SQLToken>) -> StatementEffect {
        guard words.popFirst()?.isWord("table") == true, let table = name(&words), let verb = words.popFirst()?.text else {
            return .unknown
        }
        let isOfColumn = words.first?.isWord("column") == true
        if isOfColumn { _ = words.popFirst() }
        guard let first = words.popFirst()?.text else { return .unknown }
        switch verb {
        case "add": return .addsColumn(table: table, column: first)
        case "drop": return .dropsColumn(table: table, column: first)
        case "rename":
            guard let second = words.popFirst()?.text else { return .unknown }
            if !isOfColumn, first == "to" { return .renamesTable(table, to: second) }
            return words.popFirst().map { .renamesColumn(table: table, column: first, to: $0.text) } ?? .unknown
        default: return .unknown
        }
    }

    private static func removal(_ words: inout ArraySlice<SQLToken>) -> StatementEffect {
        guard let kind = words.popFirst()?.text, let name = name(&words) else { return .unknown }
        return .drops(kind: kind, name: name)
    }

    /// The name that comes next, without IF [NOT] EXISTS and the database's name before it.
    private static func name(_ words: inout ArraySlice<SQLToken>) -> String? {
        if words.first?.isWord("if") == true { words = words.drop { ["if", "not", "exists"].contains($0.text) } }
        guard var name = words.popFirst(), name.kind != .other else { return nil }
        if words.first?.isMark(".") == true {
            _ = words.popFirst()
            guard let inner = words.popFirst() else { return nil }
            name = inner
        }
        return name.text
    }
}
