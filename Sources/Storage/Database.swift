/// One value that goes into or comes out of a statement.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// A database: many readers, one order of writes.
///
/// The engine behind it differs (SQLite through GRDB; a MySQL-compatible server later); the stores above do not.
package protocol Database: Sendable {
    /// Runs `body` on a consistent snapshot. The connection must not leave `body`.
    /// - Throws: what `body` throws, or `StorageError`.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value

    /// Runs `body` in a transaction and returns when it is on disk.
    ///
    /// Writes run in the order of their calls and share commits (group commit): an error in one undoes only that one. A cancelled task
    /// still gets its write done and waits for it: an acknowledgement must not depend on who is still listening.
    /// Only when the engine itself gives the transaction up (full disk, I/O error) do all that share the commit fail, nothing of them stored.
    /// - Parameter committed: called after the commit, in commit order, on the writer's thread: it must return at once and must not throw.
    @discardableResult
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value,
        committed: (@Sendable (Value) -> Void)?
    ) async throws -> Value
}

extension Database {
    @discardableResult
    package func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        try await write(body, committed: nil)
    }
}

/// A connection inside `read` or `write`: statements with `?` for arguments, prepared once and kept.
package protocol SQLConnection {
    /// Runs a statement that changes rows and returns how many it changed.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int
    /// Runs a statement that changes rows once for each of `rows`, in their order, and returns how many it changed in all. The first run that
    /// fails is the last.
    @discardableResult
    func execute(_ sql: String, each rows: SQLRows) throws -> Int
    /// Inserts `rows` in their order, many with one statement, and returns how many rows it changed in all. On an error those of earlier
    /// statements are there still: let it undo the whole write.
    @discardableResult
    func insert(_ rows: SQLRows, with insertion: SQLInsertion) throws -> Int
    /// All rows of a query, in its order.
    func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [Row]
    /// The first row of a query.
    func row(_ sql: String, _ arguments: [SQLValue]) throws -> Row?
    /// The condition under which a row of a full-text table has all that `query` looks for, in the engine's own words. Whether it finds rows
    /// of the same write, before its commit, is the engine's affair.
    /// - Parameter column: the words' column as the statement calls it: `w.words`. A text of the program, never of a user.
    func matching(_ query: FullTextQuery, in column: String) -> SQLCondition
}

extension SQLConnection {
    @discardableResult
    package func execute(_ sql: String, _ arguments: any SQLConvertible...) throws -> Int {
        try execute(sql, arguments.map(\.sqlValue))
    }

    package func rows(_ sql: String, _ arguments: any SQLConvertible...) throws -> [Row] {
        try rows(sql, arguments.map(\.sqlValue))
    }

    package func row(_ sql: String, _ arguments: any SQLConvertible...) throws -> Row? {
        try row(sql, arguments.map(\.sqlValue))
    }
}
