#if MySQL
    package import Storage
    import Vocabulary

    /// Of a shared database. Nothing is rehearsed: there is no copy to do it on.
    package struct MySQLInspection: SchemaInspection {
        private let configuration: MySQLConfiguration
        private let schemas: [Schema]
        private let backupNote: @Sendable (Int64) -> String?

        /// - Parameter backupNote: given the bytes of the database, about: why no backup is made before a change; nil where one is.
        package init(
            _ configuration: MySQLConfiguration, schemas: [Schema], backupNote: @escaping @Sendable (Int64) -> String? = { _ in nil }
        ) {
            self.configuration = configuration
            self.backupNote = backupNote
            self.schemas = Migrator.withStorage(schemas)
        }

        package func status() throws -> MigrationStatus {
            try look { connection, flavour in
                let (history, plan) = try plan(connection, flavour)
                let underWay = try MigrationStatus.underWay(on: connection, MySQLCatalogue(flavour: flavour))
                return MigrationStatus(database: "\(configuration)", history: history, plan: plan, holder: nil, underWay: underWay)
            }
        }

        package func verify() throws -> SchemaVerification {
            try look { connection, flavour in
                let (history, plan) = try plan(connection, flavour)
                let expected = MySQLShape(try ExpectedSchema.make(schemas.keeping(history)), flavour: flavour)
                let found = try MySQLShape.read(connection, flavour: flavour)
                let drifts = found.drift(from: expected).filter { $0.object != "index" || $0.kind != .extra }
                return SchemaVerification(
                    database: "\(configuration)", expected: expected.fingerprint,
                    found: drifts.isEmpty ? expected.fingerprint : found.fingerprint,
                    drifts: drifts, plan: plan)
            }
        }

        package func plan() throws -> MigrationPlanReport {
            try look { connection, flavour in
                let (history, plan) = try plan(connection, flavour)
                let hasSomething = !history.isEmpty && !plan.pending.isEmpty
                let note = hasSomething ? backupNote(try connection.databaseSize()) : nil
                return MigrationPlanReport(
                    database: "\(configuration)", plan: plan,
                    lock:
                        "statement by statement, each commits by itself; one instance does it, the others wait; writes go on between statements",
                    backsUp: hasSomething && note == nil, backupNote: note)
            }
        }

        private func plan(_ connection: MySQLConnection, _ flavour: MySQLFlavour) throws -> ([LandedMigration], MigrationPlan) {
            let history = try SchemaHistory(MySQLCatalogue(flavour: flavour)).read(connection)
            return (history, try MigrationPlan.make(history: history, schemas: schemas))
        }

        private func look<Value>(_ body: (MySQLConnection, MySQLFlavour) throws -> Value) throws -> Value {
            let link: MySQLLink
            do {
                link = try MySQLLink(configuration, purpose: .schema)
            } catch let fault as MySQLFault {
                throw StorageError.unreachable(server: configuration.server, reason: fault.text)
            }
            let words = DialectCache(MySQLDialect(flavour: link.flavour))
            let connection = MySQLConnection(link, words: words, server: configuration.server)
            defer { connection.end() }
            return try body(connection, link.flavour)
        }
    }

    extension MySQLConnection {
        /// Bytes of the whole database, by the server's estimate.
        func databaseSize() throws -> Int64 {
            let sql = "SELECT COALESCE(SUM(data_length), 0) FROM information_schema.tables WHERE table_schema = DATABASE()"
            return try row(sql, [])?.get(0) ?? 0
        }
    }
#endif
