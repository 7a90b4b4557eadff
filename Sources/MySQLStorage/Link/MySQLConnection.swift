#if MySQL
    import Storage

    /// A link as the stores see it: their statements in the server's words, the server's refusals in theirs.
    final class MySQLConnection: SQLConnection {
        let link: MySQLLink
        private let words: DialectCache
        private let server: String
        /// DDL would commit what was written before it, transactions are the writer's.
        private let changing: SchemaChanging?
        /// Set when the access is over: a connection that left its closure throws instead of touching another's work.
        private var isOver = false
        /// What ended the transaction: nothing more is done in it, also where a body swallowed the error.
        private(set) var lost: MySQLFault?
        /// Something was to be changed, whether it was or not.
        private(set) var hasChanged = false
        /// Of the server, as far as the words for it differ.
        var flavour: MySQLFlavour { words.dialect.flavour }

        init(_ link: MySQLLink, words: DialectCache, server: String, changing: SchemaChanging? = nil) {
            self.link = link
            self.changing = changing
            self.words = words
            self.server = server
        }

        func end() { isOver = true }

        @discardableResult
        func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
            let text = try translate(sql)
            if text.isPlain { return try plain(text, sql) }
            return try change(text, MySQLArguments(arguments), rows: 1)
        }

        @discardableResult
        func execute(_ sql: String, each rows: SQLRows) throws -> Int {
            try check(rows)
            let text = try translate(sql)
            var changed = 0
            for start in stride(from: 0, to: rows.cells.count, by: rows.width) {
                changed += try change(text, MySQLArguments(rows, start..<start + rows.width), rows: 1)
            }
            return changed
        }

        @discardableResult
        func insert(_ rows: SQLRows, with insertion: SQLInsertion) throws -> Int {
            try check(rows)
            var (done, changed) = (0, 0)
            for (count, sql) in insertion.statements {
                let text = try translate(sql)
                while rows.count - done >= count {
                    changed += try change(
                        text, MySQLArguments(rows, done * rows.width..<(done + count) * rows.width), rows: count)
                    done += count
                }
            }
            return changed
        }

        func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [Row] {
            let text = try translate(sql)
            if text.isCounting { return try raise(text, arguments).map { [Row(values: [.integer($0)])] } ?? [] }
            return try guarded(text) { try link.rows(text.text, MySQLArguments(arguments)) }
        }

        func row(_ sql: String, _ arguments: [SQLValue]) throws -> Row? {
            let text = try translate(sql)
            if text.isCounting { return try raise(text, arguments).map { Row(values: [.integer($0)]) } }
            return try guarded(text) { try link.rows(text.text, MySQLArguments(arguments), limit: 1).first }
        }

        /// Runs an UPDATE … RETURNING of one counter.
        /// - Returns: its new value; nil where there is no such row.
        private func raise(_ text: MySQLText, _ arguments: [SQLValue]) throws -> Int64? {
            hasChanged = true
            return try guarded(text) { try link.raise(text.text, MySQLArguments(arguments)) }
        }

        private func translate(_ sql: String) throws -> MySQLText {
            do {
                return try words.translate(sql)
            } catch {
                throw StorageError.engine(code: 1064, message: "\(error)")
            }
        }

        private func check(_ rows: SQLRows) throws {
            guard rows.cells.count == rows.count * rows.width else {
                throw StorageError.engine(code: 2031, message: "the last of \(rows.count) rows lacks values")
            }
        }

        private func plain(_ text: MySQLText, _ sql: String) throws -> Int {
            guard let changing else {
                throw StorageError.engine(
                    code: 1295, message: "only migrations change the schema, and transactions are not a body's: \(sql)")
            }
            hasChanged = true
            return try guarded(text) {
                guard let index = text.droppedIndex else { return try changing.patiently { try link.run(text.text) } }
                guard
                    case .text(let table)? = try link.value(
                        "SELECT table_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND index_name = ? LIMIT 1",
                        [.text(index)])
                else { throw StorageError.engine(code: 1091, message: "there is no index \(index)") }
                return try changing.patiently { try link.run("DROP INDEX \"\(index)\" ON \"\(table)\"") }
            }
        }

        private func change(_ text: MySQLText, _ arguments: MySQLArguments, rows: Int) throws -> Int {
            hasChanged = true
            return try guarded(text) {
                let changed = try link.run(text.text, arguments)
                switch text.counting {
                case .rows: return changed
                case .upserted(let several): return max(rows, several)
                case .ignoring:
                    if link.warnings > 0 { try lookAtWarnings() }
                    return changed
                }
            }
        }

        /// Of what an INSERT IGNORE left out only taken keys are meant to be ignored.
        private func lookAtWarnings() throws {
            for row in try link.rows("SHOW WARNINGS", .none) {
                guard case .integer(let code)? = row.values.dropFirst().first, code != 1062, case .text(let level)? = row.values.first,
                    level != "Note", case .text(let message)? = row.values.last
                else { continue }
                throw MySQLFault(code: UInt32(clamping: code), state: "01000", message: message)
            }
        }

        private func guarded<Value>(_ text: MySQLText, _ body: () throws -> Value) throws -> Value {
            guard !isOver else { throw StorageError.closed }
            if let lost { throw lost.storageError(server: server) }
            do {
                return try body()
            } catch let fault as MySQLFault {
                if fault.remedy != .none { lost = fault }
                throw fault.storageError(server: server, columns: fault.key.flatMap { columns(of: $0, in: text.table) }, table: text.table)
            }
        }

        /// `table.column, table.column` of a unique rule, as SQLite names what it refused.
        private func columns(of key: String, in table: String?) -> String? {
            guard let table else { return nil }
            let rows = try? link.rows(
                """
                SELECT column_name FROM information_schema.statistics
                    WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ? ORDER BY seq_in_index
                """, MySQLArguments([.text(table), .text(key)]))
            let names = (rows ?? []).compactMap { row -> String? in
                guard case .text(let name)? = row.values.first else { return nil }
                return "\(table).\(name)"
            }
            return names.isEmpty ? nil : names.joined(separator: ", ")
        }
    }
#endif
