/// An INSERT of many rows: several with one statement, because the engine's work around a statement is more than that for a row.
package struct SQLInsertion: Sendable {
    /// The texts by how many rows they take, the longest first.
    package let statements: [(rows: Int, text: String)]
    /// Values in a row.
    package let width: Int

    /// - Parameter suffix: what follows the values, as `ON CONFLICT DO NOTHING`.
    package init(into table: String, _ columns: [String], suffix: String = "") {
        let row = "(\(columns.map { _ in "?" }.joined(separator: ", ")))"
        let head = "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES "
        statements = [32, 8, 1].map { count in
            (count, head + Array(repeating: row, count: count).joined(separator: ", ") + (suffix.isEmpty ? "" : " \(suffix)"))
        }
        width = columns.count
    }
}
