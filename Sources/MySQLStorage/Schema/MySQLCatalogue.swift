#if MySQL
    import Storage

    /// MySQL keeps no statements, but what they made.
    struct MySQLCatalogue: SchemaCatalogue {
        let flavour: MySQLFlavour

        let historyOrder = "place"
        let historyTable = """
            CREATE TABLE IF NOT EXISTS schema_history (
                place BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
                id VARCHAR(80) NOT NULL UNIQUE,
                title TEXT NOT NULL,
                checksum VARCHAR(64) NOT NULL,
                applied_at BIGINT NOT NULL,
                app_version VARCHAR(200) NOT NULL
            )
            """

        /// The turn in the order of writes first: other instances work on while the schema changes.
        func begin(on connection: any SQLConnection) throws {
            try connection.execute("BEGIN", [])
            try connection.execute("UPDATE write_order SET batch = batch + 1 WHERE id = 1", [])
        }

        func columns(of table: String, on connection: any SQLConnection) throws -> Set<String> {
            Set(
                try connection.rows(
                    "SELECT LOWER(column_name) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?", table
                ).map { try $0.get(0, as: String.self) })
        }

        func presence(of sql: String, on connection: any SQLConnection) throws -> Presence {
            switch StatementEffect(sql) {
            case .makesTable(let name): try table(name, sql, on: connection)
            case .makesIndex(let name, let table, _): try index(name, of: table, sql, on: connection)
            case .addsColumn(let table, let column):
                try self.column(column, of: table, SQLiteCatalogue.addedColumn(sql, column), on: connection)
            case .renamesTable(let name, let other):
                try !isTable(name, on: connection) && isTable(other, on: connection) ? .identical : .absent
            case .renamesColumn(let table, let column, let other):
                try renamed(table, column, other, on: connection)
            case .dropsColumn(let table, let column):
                try columns(of: table, on: connection).contains(column) ? .absent : .identical
            case .drops("table", let name): try isTable(name, on: connection) ? .absent : .identical
            case .drops("index", let name): try isIndex(name, on: connection) ? .absent : .identical
            case .drops, .makesTrigger, .makesView, .changesRows, .unknown: .unknown
            }
        }

        private func table(_ name: String, _ sql: String, on connection: any SQLConnection) throws -> Presence {
            guard let found = try shape(of: name, on: connection).tables[name] else { return .absent }
            let fullText = FullTextTable(sql).map { MySQLTable($0, flavour: flavour) }
            guard let wanted = fullText ?? TableShape(sql).map(MySQLTable.init) else { return .unknown }
            guard !found.drift(from: wanted, table: name).isEmpty else { return .identical }
            return .different(SchemaDrift(kind: .different, object: "table", name: name, expected: wanted.text, found: found.text))
        }

        private func index(_ name: String, of table: String, _ sql: String, on connection: any SQLConnection) throws -> Presence {
            guard let found = try shape(of: table, on: connection).indexes[name] else { return .absent }
            let wanted = MySQLShape.Index(sql)
            guard found != wanted else { return .identical }
            return .different(SchemaDrift(kind: .different, object: "index", name: name, expected: wanted?.text, found: found.text))
        }

        private func column(
            _ column: String, of table: String, _ definition: String, on connection: any SQLConnection
        ) throws -> Presence {
            guard let found = try shape(of: table, on: connection).tables[table]?.columns[column] else { return .absent }
            let wanted = MySQLTable.column(SQLToken.all(of: definition))
            guard found != wanted else { return .identical }
            return .different(
                SchemaDrift(kind: .different, object: "column", name: "\(table).\(column)", expected: wanted, found: found))
        }

        private func renamed(_ table: String, _ column: String, _ other: String, on connection: any SQLConnection) throws -> Presence {
            let columns = try columns(of: table, on: connection)
            return !columns.contains(column) && columns.contains(other) ? .identical : .absent
        }

        private func shape(of table: String, on connection: any SQLConnection) throws -> MySQLShape {
            try MySQLShape.read(connection, flavour: flavour, table: table)
        }

        private func isTable(_ name: String, on connection: any SQLConnection) throws -> Bool {
            try !columns(of: name, on: connection).isEmpty
        }

        private func isIndex(_ name: String, on connection: any SQLConnection) throws -> Bool {
            try connection.row(
                "SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND index_name = ? LIMIT 1", name) != nil
        }
    }
#endif
