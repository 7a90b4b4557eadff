#if MySQL
    import Storage

    extension MySQLShape {
        /// What the database holds, by its information_schema.
        /// - Parameters:
        ///   - flavour: the catalogues differ.
        ///   - table: only this one.
        static func read(_ connection: any SQLConnection, flavour: MySQLFlavour, table: String? = nil) throws -> MySQLShape {
            var shape = MySQLShape()
            let reader = CatalogueReader(connection: connection, flavour: flavour, table: table)
            try reader.tables(&shape)
            try reader.columns(&shape)
            try reader.keys(&shape)
            try reader.references(&shape)
            try reader.checks(&shape)
            return shape
        }
    }

    private struct CatalogueReader {
        let connection: any SQLConnection
        let flavour: MySQLFlavour
        let table: String?

        /// Rows of one of the catalogue's tables, of this database, as texts.
        private func rows(_ columns: String, _ source: String, order: String = "1") throws -> [[String]] {
            let schema = ["check_constraints", "referential_constraints"].contains(source) ? "constraint_schema" : "table_schema"
            let only = table == nil ? "" : " AND table_name = ?"
            return try connection.rows(
                "SELECT \(columns) FROM information_schema.\(source) WHERE \(schema) = DATABASE()\(only) ORDER BY \(order)",
                table.map { [.text($0)] } ?? []
            ).map { row in row.values.map(Self.text) }
        }

        func tables(_ shape: inout MySQLShape) throws {
            for row in try rows("table_name, table_type", "tables") where row[1] == "BASE TABLE" && !SchemaShape.books.contains(row[0]) {
                shape.tables[row[0].lowercased()] = MySQLTable()
            }
        }

        func columns(_ shape: inout MySQLShape) throws {
            for row in try rows("table_name, column_name, column_type, is_nullable, column_default", "columns") {
                var text = row[2].lowercased()
                // MariaDB and older servers show a width that means nothing.
                if let open = text.firstIndex(of: "("), text[..<open].hasSuffix("int") { text = String(text[..<open]) }
                if row[3] == "NO" { text += " not null" }
                if row[4] != "NULL", row[4] != Self.null { text += " default " + MySQLTable.value(SQLToken.all(of: row[4])) }
                shape.tables[row[0].lowercased()]?.columns[row[1].lowercased()] = text
            }
        }

        func keys(_ shape: inout MySQLShape) throws {
            let all = try rows("table_name, index_name, non_unique, column_name, seq_in_index, index_type", "statistics", order: "1, 2, 5")
            var lists: [[String]: [String]] = [:]
            for row in all { lists[[row[0].lowercased(), row[1], row[2], row[5].uppercased()], default: []].append(row[3].lowercased()) }
            for (key, columns) in lists {
                let (table, name, isUnique) = (key[0], key[1], key[2] == "0")
                guard shape.tables[table] != nil else { continue }
                let list = columns.joined(separator: ", ")
                if key[3] == "FULLTEXT" {
                    // Of no use to anybody as an index of the other kind.
                    shape.tables[table]?.keys.insert("fulltext (\(list))")
                } else if name == "PRIMARY" {
                    shape.tables[table]?.keys.insert("primary key (\(list))")
                } else {
                    if isUnique { shape.tables[table]?.keys.insert("unique (\(list))") }
                    shape.indexes[name.lowercased()] = .init(table: table, columns: columns, isUnique: isUnique)
                }
            }
        }

        func references(_ shape: inout MySQLShape) throws {
            let all = try rows(
                "table_name, constraint_name, column_name, referenced_table_name, referenced_column_name, ordinal_position",
                "key_column_usage", order: "1, 2, 6"
            ).filter { $0[3] != Self.null }
            let rules = try rows("table_name, constraint_name, delete_rule", "referential_constraints")
            let actions = Dictionary(rules.map { ([$0[0], $0[1]], $0[2].lowercased()) }, uniquingKeysWith: { first, _ in first })
            var lists: [[String]: (from: [String], to: [String])] = [:]
            for row in all {
                lists[[row[0], row[1], row[3]], default: ([], [])].from.append(row[2].lowercased())
                lists[[row[0], row[1], row[3]], default: ([], [])].to.append(row[4].lowercased())
            }
            for (key, columns) in lists {
                let (from, to) = (columns.from.joined(separator: ", "), columns.to.joined(separator: ", "))
                var text = "foreign key (\(from)) references \(key[2].lowercased()) (\(to))"
                let action = actions[[key[0], key[1]]] ?? ""
                if !["", "no action", "restrict"].contains(action) { text += " on delete \(action)" }
                shape.tables[key[0].lowercased()]?.references.insert(text)
            }
        }

        func checks(_ shape: inout MySQLShape) throws {
            let all =
                flavour.isMariaDB
                ? try rows("table_name", "check_constraints")
                : try rows("table_name, constraint_type", "table_constraints").filter { $0[1] == "CHECK" }
            for row in all { shape.tables[row[0].lowercased()]?.checks += 1 }
        }

        private static let null = "\u{0}"

        private static func text(_ value: SQLValue) -> String {
            switch value {
            case .null: null
            case .integer(let number): "\(number)"
            case .real(let number): "\(number)"
            case .text(let text): text
            case .blob(let bytes): String(decoding: bytes, as: UTF8.self)
            }
        }
    }
#endif
