#if MySQL
    import Crypto
    import Storage

    /// A schema as MySQL keeps it, and what it has to be.
    struct MySQLShape: Sendable {
        struct Index: Hashable, Sendable {
            let table: String
            let columns: [String]
            let isUnique: Bool

            var text: String { "\(isUnique ? "unique " : "")index on \(table) (\(columns.joined(separator: ", ")))" }
        }

        var tables: [String: MySQLTable] = [:]
        /// By name, those that CREATE INDEX makes.
        var indexes: [String: Index] = [:]

        init() {}

        /// What the program's migrations make of SQLite, said in MySQL's words.
        init(_ shape: SchemaShape, flavour: MySQLFlavour) {
            tables = shape.tables.mapValues(MySQLTable.init)
            for (part, text) in shape.parts where part.kind == "table" {
                tables[part.name] = FullTextTable(text).map { MySQLTable($0, flavour: flavour) }
            }
            for (part, text) in shape.parts where part.kind == "index" { indexes[part.name] = Index(text) }
        }

        /// SHA-256 of it in hexadecimal: equal for equal schemas.
        var fingerprint: String {
            let lines = tables.map { "table \($0.key) \($0.value.text)" } + indexes.map { "\($0.key) \($0.value.text)" }
            return Hexadecimal.write(SHA256.hash(data: Array(lines.sorted().joined(separator: "\n").utf8)))
        }

        /// All differences, tables first, by name.
        func drift(from expected: MySQLShape) -> [SchemaDrift] {
            let names = Set(tables.keys).union(expected.tables.keys).sorted()
            let tables = names.flatMap { name -> [SchemaDrift] in
                switch (expected.tables[name], self.tables[name]) {
                case (let wanted?, let found?): found.drift(from: wanted, table: name)
                case (let wanted?, nil): [SchemaDrift(kind: .missing, object: "table", name: name, expected: wanted.text, found: nil)]
                case (nil, let found?): [SchemaDrift(kind: .extra, object: "table", name: name, expected: nil, found: found.text)]
                case (nil, nil): []
                }
            }
            let indexNames = Set(indexes.keys).union(expected.indexes.keys).sorted()
            let indexes = indexNames.compactMap { name -> SchemaDrift? in
                let (wanted, found) = (expected.indexes[name], self.indexes[name])
                // Of a table that is missed or not ours there is nothing more to say.
                guard wanted != found, expected.tables[(wanted ?? found)?.table ?? ""] != nil else { return nil }
                let kind: SchemaDrift.Kind = wanted == nil ? .extra : found == nil ? .missing : .different
                return SchemaDrift(kind: kind, object: "index", name: name, expected: wanted?.text, found: found?.text)
            }
            return tables + indexes
        }
    }

    extension MySQLShape.Index {
        /// Of CREATE INDEX. In which direction a column stands isn't looked at: older servers forget it.
        init?(_ text: String) {
            let tokens = SQLToken.all(of: text)
            guard case .makesIndex(_, let table, let isUnique) = StatementEffect(text) else { return nil }
            self.init(table: table, columns: MySQLTable.list(tokens), isUnique: isUnique)
        }
    }

    extension MySQLTable {
        func drift(from expected: MySQLTable, table: String) -> [SchemaDrift] {
            let names = Set(columns.keys).union(expected.columns.keys).sorted()
            var drifts = names.compactMap { name -> SchemaDrift? in
                let (wanted, found) = (expected.columns[name], columns[name])
                guard wanted != found else { return nil }
                let kind: SchemaDrift.Kind = wanted == nil ? .extra : found == nil ? .missing : .different
                return SchemaDrift(kind: kind, object: "column", name: "\(table).\(name)", expected: wanted, found: found)
            }
            // More keys than wanted are somebody's own indexes.
            let isSame = keys.isSuperset(of: expected.keys) && references == expected.references && checks >= expected.checks
            if !isSame {
                drifts.append(
                    SchemaDrift(
                        kind: .different, object: "rules", name: table, expected: expected.rules.joined(separator: ", "),
                        found: rules.joined(separator: ", ")))
            }
            return drifts
        }
    }
#endif
