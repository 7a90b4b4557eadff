/// SQLite keeps the statements themselves.
package struct SQLiteCatalogue: SchemaCatalogue {
    package init() {}

    package let historyOrder = "rowid"
    package let historyTable = """
        CREATE TABLE IF NOT EXISTS schema_history (
            id TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            checksum TEXT NOT NULL,
            applied_at INTEGER NOT NULL,
            app_version TEXT NOT NULL
        ) STRICT
        """

    package func begin(on connection: any SQLConnection) throws {
        try connection.execute("BEGIN", [])
    }

    package func columns(of table: String, on connection: any SQLConnection) throws -> Set<String> {
        Set(try connection.rows("SELECT lower(name) FROM pragma_table_info(?)", table).map { try $0.get(0, as: String.self) })
    }

    /// The statement that made an object, nil when there is none of that name.
    /// - Parameters:
    ///   - kind: `table`, `index`, `trigger`, `view`.
    ///   - name: in lower case.
    private func definition(kind: String, name: String, on connection: any SQLConnection) throws -> String? {
        try connection.row("SELECT sql FROM sqlite_schema WHERE type = ? AND lower(name) = ?", kind, name)?.get(0)
    }

    package func presence(of sql: String, on connection: any SQLConnection) throws -> Presence {
        switch StatementEffect(sql) {
        case .makesTable(let name):
            guard let found = try definition(kind: "table", name: name, on: connection) else { return .absent }
            return Self.tables(name, sql, found)
        case .makesIndex(let name, _, _): return try part("index", name, sql, on: connection)
        case .makesTrigger(let name): return try part("trigger", name, sql, on: connection)
        case .makesView(let name): return try part("view", name, sql, on: connection)
        case .addsColumn(let table, let column):
            guard let found = try shape(of: table, on: connection)?[column] else { return .absent }
            return Self.same(object: "column", name: "\(table).\(column)", expected: Self.addedColumn(sql, column), found: found)
        case .renamesTable(let name, let other):
            let isDone = try !isTable(name, on: connection) && isTable(other, on: connection)
            return isDone ? .identical : .absent
        case .renamesColumn(let table, let column, let other):
            guard let columns = try shape(of: table, on: connection) else { return .absent }
            return columns[column] == nil && columns[other] != nil ? .identical : .absent
        case .dropsColumn(let table, let column):
            guard let columns = try shape(of: table, on: connection) else { return .absent }
            return columns[column] == nil ? .identical : .absent
        case .drops(let kind, let name):
            return try definition(kind: kind, name: name, on: connection) == nil ? .identical : .absent
        case .changesRows, .unknown: return .unknown
        }
    }

    private func isTable(_ name: String, on connection: any SQLConnection) throws -> Bool {
        try definition(kind: "table", name: name, on: connection) != nil
    }

    private func shape(of table: String, on connection: any SQLConnection) throws -> [String: String]? {
        try definition(kind: "table", name: table, on: connection).flatMap { TableShape($0)?.columns }
    }

    private func part(_ kind: String, _ name: String, _ sql: String, on connection: any SQLConnection) throws -> Presence {
        guard let found = try definition(kind: kind, name: name, on: connection) else { return .absent }
        return Self.same(object: kind, name: name, expected: SchemaShape.spelling(sql), found: SchemaShape.spelling(found))
    }

    private static func tables(_ name: String, _ sql: String, _ found: String) -> Presence {
        guard let wanted = TableShape(sql), let shape = TableShape(found) else {
            return same(object: "table", name: name, expected: SchemaShape.spelling(sql), found: SchemaShape.spelling(found))
        }
        return same(object: "table", name: name, expected: wanted.text, found: shape.text)
    }

    private static func same(object: String, name: String, expected: String, found: String) -> Presence {
        guard expected != found else { return .identical }
        return .different(SchemaDrift(kind: .different, object: object, name: name, expected: expected, found: found))
    }

    /// The definition behind the column's name in ALTER TABLE … ADD COLUMN.
    package static func addedColumn(_ sql: String, _ column: String) -> String {
        let tokens = SQLToken.all(of: sql)
        guard let add = tokens.firstIndex(where: { $0.isWord("add") }),
            let name = tokens[add...].dropFirst().firstIndex(where: { $0.text == column && !$0.isWord("column") }) ?? tokens.indices.last
        else { return "" }
        var definition = tokens[(name + 1)...]
        if definition.last?.isMark(";") == true { definition.removeLast() }
        return ColumnShape.write(definition)
    }
}
