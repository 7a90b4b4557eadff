import Crypto

/// Everything that a database's schema holds, in one spelling: what two schemas are compared by.
package struct SchemaShape: Hashable, Sendable {
    /// What is no table.
    package struct Part: Hashable, Sendable {
        /// `index`, `trigger`, `view`, or `table` for one that can't be taken apart, as a virtual one.
        package let kind: String
        package let name: String
    }

    /// By name.
    package var tables: [String: TableShape] = [:]
    /// Everything else, each in one spelling.
    package var parts: [Part: String] = [:]

    /// The migrator's and the engine's own tables are not part of what is compared: each release keeps its books as it likes.
    package static let books: Set<String> = ["schema_history", "schema_journal", "schema_lease", "write_order", "writer"]

    mutating func add(kind: String, name: String, sql: String) {
        let name = name.lowercased()
        guard !Self.books.contains(name) else { return }
        if kind == "table", let table = TableShape(sql) {
            tables[name] = table
        } else {
            parts[Part(kind: kind, name: name)] = Self.spelling(sql)
        }
    }

    /// SHA-256 of it in hexadecimal: equal for equal schemas.
    package var fingerprint: String {
        var lines = parts.map { "\($0.key.kind) \($0.key.name): \($0.value)" }
        for (name, table) in tables {
            lines += table.columns.map { "column \(name).\($0.key): \($0.value)" }
            lines.append("table \(name): \(table.rules) \(table.options)")
        }
        return Hexadecimal.write(SHA256.hash(data: Array(lines.sorted().joined(separator: "\n").utf8)))
    }

    /// A definition without IF NOT EXISTS, so that it can be compared.
    static func spelling(_ sql: String) -> String {
        var tokens = SQLToken.all(of: sql)
        if let place = tokens.indices.first(where: { tokens[$0...].prefix(3).map(\.text) == ["if", "not", "exists"] }) {
            tokens.removeSubrange(place..<place + 3)
        }
        if tokens.last?.isMark(";") == true { tokens.removeLast() }
        return SQLToken.write(tokens)
    }
}

extension SchemaShape {
    /// What a SQLite database holds, without the tables in which its virtual tables keep what they know.
    /// - Throws: `StorageError`.
    package static func read(_ connection: any SQLConnection) throws -> SchemaShape {
        var shape = SchemaShape()
        for row in try connection.rows(
            """
            SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                AND name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow')
            """, [])
        {
            shape.add(kind: try row.get(0), name: try row.get(1), sql: try row.get(2))
        }
        return shape
    }
}

/// Bytes as hexadecimal digits.
package enum Hexadecimal {
    /// Two lower-case digits for each byte.
    package static func write(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digit($0 >> 4), digit($0 & 15)] }, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
