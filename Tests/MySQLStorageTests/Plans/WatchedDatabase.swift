#if MySQL
    import Storage
    import TestSupport

    /// A database on a server that tells of each statement how many rows the server went through for it, by the server's own counters. A plan
    /// (`EXPLAIN`) can't tell that of what is decided row by row, and guesses the rest.
    final class WatchedDatabase: Database {
        struct Look: Sendable, CustomStringConvertible {
            let sql: String
            let rows: Int
            /// What the server says of it, where it is a query that went through many.
            let plan: String

            var description: String { "\(rows) rows for \(sql)\n\(plan)" }
        }

        private let database: any Database
        private let looks = Recorder<Look>()

        init(_ database: any Database) { self.database = database }

        /// What `body` asked, in order.
        func watching(_ body: () async throws -> Void) async throws -> [Look] {
            let before = looks.entries.count
            try await body()
            return Array(looks.entries.dropFirst(before))
        }

        func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
            try await database.read { [looks] in try body(WatchedConnection(base: $0, looks: looks)) }
        }

        func write<Value: Sendable>(
            _ body: @escaping @Sendable (any SQLConnection) throws -> Value, committed: (@Sendable (Value) -> Void)?
        ) async throws -> Value {
            try await database.write({ [looks] in try body(WatchedConnection(base: $0, looks: looks)) }, committed: committed)
        }
    }

    private struct WatchedConnection: SQLConnection {
        let base: any SQLConnection
        let looks: Recorder<WatchedDatabase.Look>

        func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int { try counted(sql) { try base.execute(sql, arguments) } }
        func execute(_ sql: String, each rows: SQLRows) throws -> Int { try counted(sql) { try base.execute(sql, each: rows) } }
        func insert(_ rows: SQLRows, with insertion: SQLInsertion) throws -> Int {
            try counted("\(insertion)") { try base.insert(rows, with: insertion) }
        }
        func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [Row] { try counted(sql, arguments) { try base.rows(sql, arguments) } }
        func row(_ sql: String, _ arguments: [SQLValue]) throws -> Row? { try counted(sql, arguments) { try base.row(sql, arguments) } }
        func matching(_ query: FullTextQuery, in column: String) -> SQLCondition { base.matching(query, in: column) }

        private func counted<Value>(_ sql: String, _ arguments: [SQLValue]? = nil, _ body: () throws -> Value) throws -> Value {
            let (first, second) = (try count(), try count())
            let value = try body()
            // Asking counts too, the same every time.
            let rows = try count() - second - (second - first)
            let plan =
                rows > 300
                ? try arguments.map {
                    try base.rows("EXPLAIN \(sql)", $0).map { row in row.values.map(Self.text).joined(separator: " | ") }
                } : nil
            looks.note(WatchedDatabase.Look(sql: sql, rows: rows, plan: plan?.joined(separator: "\n") ?? ""))
            return value
        }

        private static func text(_ value: SQLValue) -> String {
            switch value {
            case .text(let text): text
            case .integer(let number): "\(number)"
            case .null: "-"
            default: "\(value)"
            }
        }

        /// Rows that this connection has gone through since it was opened.
        private func count() throws -> Int {
            let sql =
                "SELECT CAST(SUM(variable_value) AS SIGNED) FROM information_schema.session_status WHERE variable_name LIKE 'HANDLER\\_READ%'"
            return try base.row(sql, [])?.get(0) ?? 0
        }
    }
#endif
