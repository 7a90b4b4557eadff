import Storage

/// One table as a copy sees it: the same in every engine, because the same migrations made it.
struct CopyTable: Sendable {
    let name: String
    /// In the table's order.
    let columns: [String]
    /// Places in `columns` of the primary key, in its order.
    let key: [Int]

    /// Rows in the order of the key, so many at most, behind a key where one is given (its values follow as arguments of `after`).
    func page(isBehind: Bool, limit: Int) -> String {
        let order = key.map { quoted(columns[$0]) }.joined(separator: ", ")
        return "SELECT \(names) FROM \(quoted(name))\(isBehind ? " WHERE \(behind)" : "") ORDER BY \(order) LIMIT \(limit)"
    }

    /// `a >= ? AND (a > ? OR (a = ? AND (b > ? …)))`: MySQL reads the whole index for `(a, b) > (?, ?)`, and takes a range of it for this.
    private var behind: String {
        let names = key.map { quoted(columns[$0]) }
        guard let first = names.first, let last = names.last else { return "1 = 0" }
        let nested = names.dropLast().reversed().reduce("\(last) > ?") { inner, name in "\(name) > ? OR (\(name) = ? AND (\(inner)))" }
        return "\(first) >= ? AND (\(nested))"
    }

    /// What the places of `page(isBehind: true)` take for the row with this key.
    func arguments(behind key: [SQLValue]) -> [SQLValue] {
        guard let first = key.first, let last = key.last else { return [] }
        return [first] + key.dropLast().flatMap { [$0, $0] } + [last]
    }

    func key(of row: Row) -> [SQLValue] {
        key.compactMap { row.values.indices.contains($0) ? row.values[$0] : nil }
    }

    func insertion(of count: Int) -> String {
        let places = "(" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
        return "INSERT INTO \(quoted(name)) (\(names)) VALUES " + Array(repeating: places, count: count).joined(separator: ", ")
    }

    var deletion: String { "DELETE FROM \(quoted(name))" }
    var count: String { "SELECT count(*) FROM \(quoted(name))" }

    /// Rows that one INSERT takes: engines bound the number of places (SQLite 32,766, MySQL 65,535).
    var together: Int { max(1, min(64, 2_000 / max(1, columns.count))) }

    private var names: String { columns.map(quoted).joined(separator: ", ") }

    private func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }
}
