#if MySQL
    import Logging
    package import Storage
    import Vocabulary

    extension MySQLDatabase {
        /// How long to wait for another instance that changes the schema.
        private static let patience = Duration.seconds(600)

        /// Statement by statement, each noted before and after: DDL commits by itself here. One instance does it, the others wait for it.
        @discardableResult
        package func migrate(by migrator: Migrator) async throws -> [String] {
            let (line, holder) = (line, "instance \(instance)")
            return try await OwnThread.run {
                let link = try line.connect(.schema, until: .now + line.configuration.patience)
                let run = MySQLMigration(
                    connection: line.connection(link, mayChangeSchema: true), link: link, line: line, migrator: migrator)
                if let plan = try run.settled() { return plan }
                let turn = try MigrationTurn.take(link, line: line, holder: holder, until: .now + Self.patience)
                defer { turn.release(link) }
                // Another instance may have done it meanwhile.
                if let plan = try run.settled() { return plan }
                return try run.carryOut(holder: holder, turn: turn)
            }
        }
    }

    /// One run of a migrator, on one connection.
    private struct MySQLMigration {
        let connection: MySQLConnection
        let link: MySQLLink
        let line: MySQLLine
        let migrator: Migrator

        private var catalogue: MySQLCatalogue { MySQLCatalogue(flavour: link.flavour) }

        private func plan() throws -> MigrationPlan {
            try MigrationPlan.make(history: try SchemaHistory(catalogue).read(connection), schemas: migrator.schemas)
        }

        /// - Returns: nil when something has to run.
        func settled() throws -> [String]? {
            let plan = try plan()
            guard plan.pending.isEmpty, !plan.needsSealing else { return nil }
            if !plan.ahead.isEmpty {
                migrator.logger.warning(
                    "the database is ahead of this program, by changes that this program can live with",
                    metadata: ["migrations": "\(plan.ahead.joined(separator: " "))"])
            }
            try verify(isAhead: !plan.ahead.isEmpty)
            return []
        }

        func carryOut(holder: String, turn: MigrationTurn) throws -> [String] {
            let (plan, migrator) = (try plan(), migrator)
            let run = JournaledRun(
                plan: plan, holder: holder, catalogue: catalogue, clock: migrator.clock, version: migrator.version,
                watch: { boundary in
                    try turn.check()
                    try migrator.watch(boundary)
                })
            try run.run(on: connection)
            try verify(isAhead: false)
            let ids = plan.pending.map(\.id)
            migrator.logger.info("schema brought up to date", metadata: ["migrations": "\(ids.joined(separator: " "))"])
            return ids
        }

        private func verify(isAhead: Bool) throws {
            let expected = MySQLShape(try ExpectedSchema.make(migrator.schemas))
            let drifts = try MySQLShape.read(connection, flavour: link.flavour).drift(from: expected)
            let blocking = drifts.filter(\.isBlocking)
            guard blocking.isEmpty else { throw MigratorError.drifted(blocking, hasRolledBack: false) }
            // Indexes that nobody asked for: the server makes its own for foreign keys and unique rules.
            let extra = drifts.filter { $0.object != "index" }
            guard !isAhead, !extra.isEmpty else { return }
            migrator.logger.warning(
                "the schema has more than this program's migrations make; it is left alone",
                metadata: ["objects": "\(extra.map { "\($0.object) \($0.name)" }.joined(separator: ", "))"])
        }
    }
#endif
