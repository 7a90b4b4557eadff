/// One difference between the schema that a program expects and the one that a database has.
package struct SchemaDrift: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable {
        case missing, extra, different
    }

    package let kind: Kind
    /// `table`, `column`, `rules` (of a table), `index`, `trigger`, `view`.
    package let object: String
    /// With its table's before it where it has one: `shop.colour`.
    package let name: String
    /// The definition in one spelling; nil for something extra.
    package let expected: String?
    /// Nil for something that is missing.
    package let found: String?

    package init(kind: Kind, object: String, name: String, expected: String?, found: String?) {
        self.kind = kind
        self.object = object
        self.name = name
        self.expected = expected
        self.found = found
    }

    /// Whether the program can't do its work on it. Something extra is left alone, but for a column that every new row would have to fill.
    package var isBlocking: Bool {
        guard kind == .extra else { return true }
        guard object == "column", let found else { return false }
        return found.contains("not null") && !found.contains("default ") && !found.contains("generated ")
    }

    /// One line, or three with both definitions side by side.
    package var text: String {
        switch kind {
        case .missing: "\(object) \(name) is missing\n    expected: \(expected ?? "")"
        case .extra: "\(object) \(name) is not of this program\n    found:    \(found ?? "")"
        case .different: "\(object) \(name) is different\n    expected: \(expected ?? "")\n    found:    \(found ?? "")"
        }
    }
}

extension SchemaShape {
    /// All differences, tables first, by name; empty when both are the same.
    package func drift(from expected: SchemaShape) -> [SchemaDrift] {
        let tables = Self.compare(expected.tables.mapValues(\.text), self.tables.mapValues(\.text)) { name, wanted, found in
            guard let old = expected.tables[name], let new = self.tables[name] else {
                return [SchemaDrift(kind: wanted == nil ? .extra : .missing, object: "table", name: name, expected: wanted, found: found)]
            }
            return new.drift(from: old, table: name)
        }
        let parts = Self.compare(expected.parts, self.parts) { part, wanted, found in
            let kind: SchemaDrift.Kind = wanted == nil ? .extra : found == nil ? .missing : .different
            return [SchemaDrift(kind: kind, object: part.kind, name: part.name, expected: wanted, found: found)]
        }
        return (tables + parts).sorted { ($0.object == "table" ? 0 : 1, $0.name) < ($1.object == "table" ? 0 : 1, $1.name) }
    }

    static func compare<Key: Hashable>(
        _ expected: [Key: String], _ found: [Key: String], _ body: (Key, String?, String?) -> [SchemaDrift]
    ) -> [SchemaDrift] {
        Set(expected.keys).union(found.keys).flatMap { key in
            expected[key] == found[key] ? [] : body(key, expected[key], found[key])
        }
    }
}

extension TableShape {
    /// For comparing and for people.
    var text: String {
        let columns = columns.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return "(" + (columns + rules).joined(separator: ", ") + ")" + options.map { " " + $0 }.joined()
    }

    func drift(from expected: TableShape, table: String) -> [SchemaDrift] {
        let columns = SchemaShape.compare(expected.columns, self.columns) { name, wanted, found in
            let kind: SchemaDrift.Kind = wanted == nil ? .extra : found == nil ? .missing : .different
            return [SchemaDrift(kind: kind, object: "column", name: "\(table).\(name)", expected: wanted, found: found)]
        }
        let (wanted, found) = (expected.ruleText, ruleText)
        guard wanted != found else { return columns }
        return columns + [SchemaDrift(kind: .different, object: "rules", name: table, expected: wanted, found: found)]
    }

    private var ruleText: String { (rules + options).joined(separator: ", ") }
}
