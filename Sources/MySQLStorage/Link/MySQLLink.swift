#if MySQL
    import CMariaDB
    import Storage

    #if canImport(Glibc)
        import Glibc
    #endif

    /// One connection to the server, with its prepared statements. Blocks its thread; used by one thread at a time.
    final class MySQLLink {
        /// Statements that stay prepared: the stores of all rooms have about 250 texts, each connection sees a part of them.
        static let keptStatements = 256

        let flavour: MySQLFlavour
        /// The longest statement that the server takes, in bytes.
        private(set) var largestPacket = 1 << 20
        private let handle: UnsafeMutablePointer<MYSQL>
        private var statements: [String: (statement: MySQLStatement, used: Int)] = [:]
        private var uses = 0

        /// - Throws: `MySQLFault`.
        init(_ configuration: MySQLConfiguration, purpose: MySQLPurpose) throws {
            MySQLLibrary.begin()
            handle = try Self.connect(configuration, purpose)
            flavour = MySQLFlavour(server: String(cString: mysql_get_server_info(handle)))
            do {
                try settle(configuration, purpose)
            } catch {
                mysql_close(handle)
                throw error
            }
        }

        deinit {
            // First the connection: behind it the statements need no words with the server any more.
            mysql_close(handle)
            for kept in statements.values { kept.statement.close() }
        }

        /// Runs a text as it stands; nobody's data may be in it.
        /// - Returns: how many rows it changed.
        @discardableResult
        func run(_ text: String) throws -> Int {
            guard mysql_real_query(handle, text, UInt(text.utf8.count)) == 0 else { throw fault }
            if let result = mysql_store_result(handle) { mysql_free_result(result) }
            return Int(clamping: max(0, Int64(bitPattern: mysql_affected_rows(handle))))
        }

        /// Runs a text with values in its places.
        /// - Returns: how many rows it changed, matched ones as well.
        @discardableResult
        func run(_ text: String, _ arguments: MySQLArguments) throws -> Int {
            try use(text) { try $0.run(arguments, atMost: largestPacket) }
        }

        /// Runs an UPDATE that sets a counter by `LAST_INSERT_ID(…)`.
        /// - Returns: the counter's new value; nil where no row was matched.
        func raise(_ text: String, _ arguments: MySQLArguments) throws -> Int64? {
            try use(text) { try $0.run(arguments, atMost: largestPacket) > 0 ? $0.lastNumber : nil }
        }

        /// - Parameter limit: rows that are wanted; the others are left.
        func rows(_ text: String, _ arguments: MySQLArguments, limit: Int = .max) throws -> [Row] {
            try use(text) { try $0.rows(arguments, atMost: largestPacket, limit: limit) }
        }

        /// The first value of a query's first row.
        func value(_ text: String, _ arguments: [SQLValue] = []) throws -> SQLValue? {
            try rows(text, MySQLArguments(arguments), limit: 1).first?.values.first
        }

        /// What the last statement warned of.
        var warnings: Int { Int(mysql_warning_count(handle)) }

        /// Of its socket.
        var descriptor: CInt { mysql_get_socket(handle) }

        /// Ends a connection that another thread waits on: that one is told that it was lost. Only while it is known to be open.
        static func cut(_ descriptor: CInt) {
            guard descriptor >= 0 else { return }
            _ = shutdown(descriptor, CInt(SHUT_RDWR))
        }

        /// The connection's number at its server.
        var number: UInt { UInt(mysql_thread_id(handle)) }

        var fault: MySQLFault {
            MySQLFault(
                code: mysql_errno(handle), state: String(cString: mysql_sqlstate(handle)), message: String(cString: mysql_error(handle)))
        }

        private func use<Value>(_ text: String, _ body: (MySQLStatement) throws -> Value) throws -> Value {
            do {
                return try body(try prepared(text))
            } catch let fault as MySQLFault where fault.code == 1461 {
                // The server holds as many statements as it will, those of all its clients together: ours go.
                forgetStatements()
                return try body(try prepared(text))
            }
        }

        private func prepared(_ text: String) throws -> MySQLStatement {
            uses += 1
            if let kept = statements[text] {
                statements[text] = (kept.statement, uses)
                return kept.statement
            }
            if statements.count >= Self.keptStatements, let oldest = statements.min(by: { $0.value.used < $1.value.used })?.key {
                statements.removeValue(forKey: oldest)?.statement.close()
            }
            guard let made = mysql_stmt_init(handle) else { throw fault }
            let statement = MySQLStatement(made)
            do {
                try statement.prepare(text)
            } catch {
                statement.close()
                throw error
            }
            statements[text] = (statement, uses)
            return statement
        }

        private func forgetStatements() {
            for kept in statements.values { kept.statement.close() }
            statements = [:]
        }

        private func settle(_ configuration: MySQLConfiguration, _ purpose: MySQLPurpose) throws {
            for text in MySQLSession.texts(flavour, purpose, configuration) { try run(text) }
            if case .integer(let size)? = try value("SELECT @@max_allowed_packet") { largestPacket = Int(size) }
            if purpose == .reading, case .integer(1)? = try? value("SELECT @@wsrep_on") {
                // Galera: a read waits for what was committed on other nodes before it.
                try run("SET SESSION wsrep_sync_wait = 1")
            }
        }
    }
#endif
