#if MySQL
    import Storage
    import TestSupport

    /// Rows that satisfy whatever a schema asks of them, made without knowing it: guessed, and tried on a database in memory that has the same
    /// tables. That one is also what others are compared with.
    struct SeededRows {
        /// One row, for the database that is tested.
        struct Insertion: Sendable {
            let sql: String
            let values: [SQLValue]
        }

        private struct Column {
            let name: String
            let type: String
            let mayBeNull: Bool
            /// Texts that a rule about it names.
            let words: [String]
        }

        let memory: SQLiteFile
        private var dice: SeededRandom
        private var identifiers: [String] = []
        /// Tables that take no more, by their own rules.
        private var full: Set<String> = []

        init(seed: UInt64) throws {
            memory = try SQLiteFile()
            _ = try memory.row("PRAGMA foreign_keys = OFF", [])
            dice = SeededRandom(seed: seed)
        }

        /// The next head.
        func apply(_ migration: Migration) throws {
            for statement in migration.statements { try memory.execute(statement, []) }
        }

        /// Puts rows into every table, those that others refer to first, and returns them in that order.
        mutating func fill(rows: Int = 3) throws -> [Insertion] {
            _ = try memory.row("PRAGMA foreign_keys = ON", [])
            defer { _ = try? memory.row("PRAGMA foreign_keys = OFF", []) }
            var made: [Insertion] = []
            for table in try tables() where !full.contains(table) {
                for _ in 0..<rows {
                    guard let one = try row(of: table) else {
                        full.insert(table)
                        break
                    }
                    made.append(one)
                }
            }
            return made
        }

        func tables() throws -> [String] {
            let names = try memory.rows(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name", []
            ).map { try $0.get(0, as: String.self) }
            var (done, rest) = ([String](), names)
            while !rest.isEmpty {
                let ready = try rest.filter { name in
                    try memory.rows("SELECT \"table\" FROM pragma_foreign_key_list(?)", [.text(name)])
                        .allSatisfy { row in try done.contains(row.get(0)) || row.get(0) == name }
                }
                guard !ready.isEmpty else { return done + rest }
                done += ready
                rest.removeAll(where: ready.contains)
            }
            return done
        }

        func columns(of table: String) throws -> [String] {
            try memory.rows("SELECT name FROM pragma_table_info(?) ORDER BY cid", [.text(table)]).map { try $0.get(0) }
        }

        /// What a database holds in these columns, in an order that does not depend on the engine.
        static func content(_ table: String, _ columns: [String], on connection: any SQLConnection) throws -> [String] {
            let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
            return try connection.rows("SELECT \(names) FROM \"\(table)\"", []).map { "\($0.values)" }.sorted()
        }

        private mutating func row(of table: String) throws -> Insertion? {
            let columns = try facts(of: table)
            let names = columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
            let sql = "INSERT INTO \"\(table)\" (\(names)) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))"
            let references = try references(of: table)
            for _ in 0..<2_000 {
                var values = columns.map { guess($0) }
                for reference in references { try refer(reference, columns, &values) }
                do {
                    try memory.execute(sql, values)
                } catch is StorageError {
                    continue
                }
                if case .text(let id)? = values.first, columns.first?.name == "id" { identifiers.append(id) }
                return Insertion(sql: sql, values: values)
            }
            return nil
        }

        private func facts(of table: String) throws -> [Column] {
            let text = try memory.row("SELECT sql FROM sqlite_schema WHERE name = ?", [.text(table)])?.get(0, as: String.self) ?? ""
            let rules = Self.rules(SQLToken.all(of: text))
            return try memory.rows("SELECT name, type, \"notnull\" FROM pragma_table_info(?) ORDER BY cid", [.text(table)]).map { row in
                let name = try row.get(0, as: String.self)
                let words = rules.filter { rule in rule.contains { $0.text == name } }
                    .flatMap { $0 }.filter { $0.text.hasPrefix("'") }.map { String($0.text.dropFirst().dropLast()) }
                return Column(name: name, type: try row.get(1), mayBeNull: try row.get(2, as: Int.self) == 0, words: words)
            }
        }

        /// The insides of all CHECKs.
        private static func rules(_ tokens: [SQLToken]) -> [[SQLToken]] {
            tokens.indices.filter { tokens[$0].isWord("check") }.map { start in
                var (depth, inside) = (0, [SQLToken]())
                for token in tokens[(start + 1)...] {
                    if token.isMark("(") { depth += 1 }
                    if token.isMark(")") { depth -= 1 }
                    if depth == 0 { break }
                    inside.append(token)
                }
                return inside
            }
        }

        private struct Reference {
            let table: String
            let from: [String]
            let to: [String]
        }

        private func references(of table: String) throws -> [Reference] {
            let rows = try memory.rows(
                "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?) ORDER BY id, seq", [.text(table)])
            return try Dictionary(grouping: rows) { try $0.get(0, as: Int.self) }.sorted { $0.key < $1.key }.map { _, rows in
                Reference(table: try rows[0].get(1), from: try rows.map { try $0.get(2) }, to: try rows.map { try $0.get(3) })
            }
        }

        private mutating func refer(_ reference: Reference, _ columns: [Column], _ values: inout [SQLValue]) throws {
            let names = reference.to.map { "\"\($0)\"" }.joined(separator: ", ")
            let rows = try memory.rows("SELECT \(names) FROM \"\(reference.table)\"", [])
            guard let chosen = rows.randomElement(using: &dice) else { return }
            for (name, value) in zip(reference.from, chosen.values) {
                guard let place = columns.firstIndex(where: { $0.name == name }) else { continue }
                values[place] = columns[place].mayBeNull && dice.isLucky(1, of: 3) ? .null : value
            }
        }

        private mutating func guess(_ column: Column) -> SQLValue {
            if column.mayBeNull, dice.isLucky(1, of: 3) { return .null }
            let type = column.type.uppercased()
            let width = Int(type.drop { $0 != "(" }.dropFirst().prefix { $0.isNumber }) ?? 60
            if type.hasPrefix("VARBINARY") { return .blob((0..<min(32, width)).map { _ in UInt8.random(in: 0...255, using: &dice) }) }
            if type.hasPrefix("INT") || type.hasPrefix("BIGINT") { return .integer(number()) }
            if !column.words.isEmpty, dice.isLucky(3, of: 4) { return .text(column.words.randomElement(using: &dice) ?? "") }
            if width == 26 { return .text(identifier(for: column.name)) }
            return .text(words(width))
        }

        private mutating func number() -> Int64 {
            let small: [Int64] = [0, 1, 1, 2, 3, 7]
            return dice.isLucky(5, of: 6) ? small.randomElement(using: &dice) ?? 0 : Int64.random(in: 0...(1 << 52), using: &dice)
        }

        /// Like a ULID: lists by time rely on their first letters. What refers to others by id alone does so here, too.
        private mutating func identifier(for column: String) -> String {
            if column != "id", dice.isLucky(1, of: 2), let known = identifiers.randomElement(using: &dice) { return known }
            let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
            return "01K" + String((0..<23).map { _ in digits.randomElement(using: &dice) ?? "0" })
        }

        /// As wide as it may be, every other time; in lower case, as addresses are.
        private mutating func words(_ width: Int) -> String {
            let letters = Array("abcxyz 019_%'\"\\;:客服🙂é")
            let most = min(width, 40)
            let count = dice.isLucky(1, of: 2) ? most : Int.random(in: 0...most, using: &dice)
            return String(
                String.UnicodeScalarView((0..<count).flatMap { _ in (letters.randomElement(using: &dice) ?? "a").unicodeScalars }))
        }
    }

    extension SeededRandom {
        fileprivate mutating func isLucky(_ share: Int, of all: Int) -> Bool { Int.random(in: 0..<all, using: &self) < share }
    }
#endif
