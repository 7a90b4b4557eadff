#if MySQL
    /// What a connection is for.
    enum MySQLPurpose {
        /// Read-only transactions on snapshots.
        case reading
        /// The batches of writes.
        case writing
        /// Looks at the schema and the books, each statement by itself.
        case schema
        /// Changes of the schema, which may take hours.
        case migrating
    }

    /// What is settled with the server before anything else is said.
    enum MySQLSession {
        /// Strict where SQLite is strict, SQL's own quotes and backslashes, as SQLite reads them.
        private static let modes = [
            "STRICT_ALL_TABLES", "ANSI_QUOTES", "PIPES_AS_CONCAT", "NO_BACKSLASH_ESCAPES", "NO_ENGINE_SUBSTITUTION",
            "ERROR_FOR_DIVISION_BY_ZERO",
        ]

        static func texts(_ flavour: MySQLFlavour, _ purpose: MySQLPurpose, _ configuration: MySQLConfiguration) -> [String] {
            var settings = [
                "sql_mode = '\(modes.joined(separator: ","))'", "time_zone = '+00:00'", "group_concat_max_len = 16777216",
                "innodb_lock_wait_timeout = \(max(1, configuration.lockTimeout.components.seconds))",
            ]
            switch purpose {
            case .reading:
                // Leaves a second for the answer: the server ends what nobody waits for any more.
                if flavour.isMariaDB { settings.append("max_statement_time = \(max(2, configuration.ioTimeout.components.seconds) - 1)") }
                settings.append("autocommit = 0")
            case .writing: settings.append("autocommit = 0")
            case .schema: settings += ["autocommit = 1", "lock_wait_timeout = \(max(1, configuration.lockTimeout.components.seconds))"]
            // Whoever wants the table waits behind a change that waits for it.
            case .migrating: settings += ["autocommit = 1", "lock_wait_timeout = \(SchemaChanging.lockTime)"]
            }
            return [
                "SET NAMES utf8mb4 COLLATE \(flavour.collation)", "SET SESSION " + settings.joined(separator: ", "),
                // The first statement of a transaction takes the snapshot. Writers see what was committed before they got the turn.
                purpose == .reading
                    ? "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                    : "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE",
            ]
        }
    }
#endif
