#if MySQL
    import Storage

    /// What a table is made of, as far as both engines say it: what a table here is compared by.
    struct MySQLTable: Hashable, Sendable {
        /// By name: `varchar(26) not null`, `bigint not null default 0`.
        var columns: [String: String] = [:]
        /// `primary key (a, b)`, `unique (a)`, `fulltext (a)`.
        var keys: Set<String> = []
        /// `foreign key (a) references t (b) on delete cascade`.
        var references: Set<String> = []
        /// How many; each server spells them its own way.
        var checks = 0

        init() {}

        /// What MySQL makes of a table whose definition is `shape`.
        init(_ shape: TableShape) {
            for (name, text) in shape.columns { add(column: name, text) }
            for rule in shape.rules { add(rule: rule) }
            let primary = keys.first { $0.hasPrefix("primary") }.map(Self.names) ?? []
            for name in primary {
                guard let text = columns[name], !text.contains(" not null") else { continue }
                let words = text.split(separator: " ", maxSplits: 1)
                columns[name] = ([String(words.first ?? "")] + ["not null"] + words.dropFirst().map(String.init)).joined(separator: " ")
            }
        }

        /// What MySQL makes of a full-text table.
        init(_ table: FullTextTable, flavour: MySQLFlavour) {
            columns = ["rowid": "bigint not null", table.column: "longtext not null"]
            keys = ["primary key (rowid)"]
            if flavour.hasFullText { keys.insert("fulltext (\(table.column))") }
        }

        private mutating func add(column name: String, _ text: String) {
            let tokens = SQLToken.all(of: text)
            let outer = Self.outermost(tokens)
            let words = outer.map { tokens[$0].text }
            if Self.has(["primary", "key"], words) { keys.insert("primary key (\(name))") }
            if words.contains("unique") { keys.insert("unique (\(name))") }
            checks += words.count { $0 == "check" }
            columns[name] = Self.column(tokens)
        }

        /// A column's type, whether it may be NULL, and its default.
        static func column(_ tokens: [SQLToken]) -> String {
            let outer = outermost(tokens)
            let words = outer.map { tokens[$0].text }
            let isKey = has(["primary", "key"], words) || words.contains("unique")
            var text = SchemaWords.type(tokens.first?.text ?? "", isKey: isKey).lowercased()
            if tokens.dropFirst().first?.isMark("(") == true {
                text += SQLToken.write(tokens.dropFirst().prefix { !$0.isMark(")") }) + ")"
            }
            if has(["not", "null"], words) || has(["primary", "key"], words) { text += " not null" }
            if let place = words.firstIndex(of: "default"), outer.indices.contains(place + 1) {
                text += " default " + value(tokens[outer[place + 1]...])
            }
            return text
        }

        /// A default without its quotes and brackets, in which each server shows it.
        static func value(_ tokens: some Sequence<SQLToken>) -> String {
            let first = tokens.first { !$0.isMark("(") && !$0.isMark(")") }?.text ?? ""
            return first.hasPrefix("'") ? String(first.dropFirst().dropLast()) : first
        }

        private mutating func add(rule: String) {
            var tokens = SQLToken.all(of: rule)
            if tokens.first?.isWord("constraint") == true { tokens = Array(tokens.dropFirst(2)) }
            switch tokens.first?.text {
            case "check": checks += 1
            case "primary": keys.insert("primary key (\(Self.list(tokens).joined(separator: ", ")))")
            case "unique": keys.insert("unique (\(Self.list(tokens).joined(separator: ", ")))")
            case "foreign": references.insert(Self.reference(tokens))
            default: break
            }
        }

        private static func reference(_ tokens: [SQLToken]) -> String {
            guard let place = tokens.firstIndex(where: { $0.isWord("references") }) else { return "" }
            let behind = Array(tokens[(place + 1)...])
            let table = behind.first?.text ?? ""
            var text = "foreign key (\(list(tokens).joined(separator: ", "))) references \(table) (\(list(behind).joined(separator: ", ")))"
            if let delete = behind.firstIndex(where: { $0.isWord("delete") }) {
                let action = behind[(delete + 1)...].prefix { $0.kind == .word && !$0.isWord("on") }.map(\.text).joined(separator: " ")
                if action != "no action", action != "restrict" { text += " on delete \(action)" }
            }
            return text
        }

        /// The names in the first brackets.
        static func list(_ tokens: [SQLToken]) -> [String] {
            guard let open = tokens.firstIndex(where: { $0.isMark("(") }) else { return [] }
            return SQLParts.split(tokens[(open + 1)...]).dropLast().compactMap { $0.first?.text }
        }

        private static func names(_ key: String) -> [String] { list(SQLToken.all(of: key)) }

        private static func outermost(_ tokens: [SQLToken]) -> [Int] {
            var depth = 0
            return tokens.indices.filter { index in
                if tokens[index].isMark(")") { depth -= 1 }
                defer { if tokens[index].isMark("(") { depth += 1 } }
                return depth == 0
            }
        }

        private static func has(_ wanted: [String], _ words: [String]) -> Bool {
            words.indices.contains { Array(words[$0...].prefix(wanted.count)) == wanted }
        }

        /// For comparing and for people.
        var text: String {
            let columns = columns.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            return "(" + (columns + rules).joined(separator: ", ") + ")"
        }

        var rules: [String] { keys.sorted() + references.sorted() + ["\(checks) checks"] }
    }
#endif
