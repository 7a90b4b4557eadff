/// A full-text table, in the one form in which migrations make them: SQLite keeps what was said nowhere but in its index, and splits it only
/// at spaces; other engines make a table of their own of it.
///
/// Rows are added as `INSERT INTO name ("rowid", column)` and looked for with `SQLConnection.matching`. SQLite can't change, delete or list
/// them; so nobody should.
package struct FullTextTable: Hashable, Sendable {
    /// How such a table is made; `?` stands for a name.
    package static let form = "CREATE VIRTUAL TABLE ? USING fts5(?, content='', columnsize=0, tokenize='ascii')"

    /// In lower case.
    package let name: String
    /// The column with the words, in lower case. The other one is `rowid`.
    package let column: String

    /// Nil when `sql` is anything else, also another virtual table.
    package init?(_ sql: String) {
        var tokens = SQLToken.all(of: sql)
        if tokens.last?.isMark(";") == true { tokens.removeLast() }
        let pairs = Array(zip(SQLToken.all(of: Self.form), tokens))
        guard pairs.count == tokens.count, pairs.count == SQLToken.all(of: Self.form).count else { return nil }
        guard pairs.allSatisfy({ $0.isMark("?") ? $1.kind != .other : $0 == $1 }) else { return nil }
        let names = pairs.filter { $0.0.isMark("?") }.map(\.1.text)
        guard let name = names.first, let column = names.last else { return nil }
        (self.name, self.column) = (name, column)
    }
}
