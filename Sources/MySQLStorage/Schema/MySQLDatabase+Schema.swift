#if MySQL
    import Logging
    package import Storage
    import Vocabulary

    extension MySQLDatabase {
        /// Statement by statement, each noted before and after: DDL commits by itself here. One instance does it, the others wait for it.
        @discardableResult
        package func migrate(by migrator: Migrator) async throws -> [String] {
            let (line, holder) = (line, "instance \(instance)")
            return try await MySQLThread.run { [self] in
                if let done = try Self.settled(line, migrator) { return done }
                let link = try line.connect(.migrating, until: .now + line.configuration.patience)
                let watch = StatementWatch(link, logger: migrator.logger, progress: migrator.progress)
                let run = MySQLMigration(
                    connection: line.connection(link, changing: .init(progress: migrator.progress)), link: link, migrator: migrator)
                let turn = try MigrationTurn.take(link, line: line, holder: holder, watch: watch)
                defer { turn.release(link) }
                // Another instance may have done it meanwhile.
                if let done = try run.settled() { return done }
                try run.takeCare(of: self)
                return try run.carryOut(holder: holder, turn: turn, watch: watch)
            }
        }

        /// The usual start, at which there is nothing to do, waits for no answer longer than others.
        private static func settled(_ line: MySQLLine, _ migrator: Migrator) throws -> [String]? {
            let link = try line.connect(.schema, until: .now + line.configuration.patience)
            return try MySQLMigration(connection: line.connection(link), link: link, migrator: migrator).settled()
        }
    }

    /// One run of a migrator, on one connection.
    private struct MySQLMigration {
        let connection: MySQLConnection
        let link: MySQLLink
        let migrator: Migrator

        private var catalogue: MySQLCatalogue { MySQLCatalogue(flavour: link.flavour) }

        private func history() throws -> [LandedMigration] { try SchemaHistory(catalogue).read(connection) }

        private func plan() throws -> MigrationPlan {
            try MigrationPlan.make(history: try history(), schemas: migrator.schemas)
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

        /// What has to be done before the first statement, on a database that has something to lose.
        func takeCare(of database: MySQLDatabase) throws {
            let (landed, pending) = (try history(), try plan().pending)
            guard let precaution = migrator.precaution, !landed.isEmpty, !pending.isEmpty else { return }
            let size = try connection.databaseSize()
            try MySQLThread.wait { try await precaution(database, pending, landed, size) }
        }

        func carryOut(holder: String, turn: MigrationTurn, watch: StatementWatch) throws -> [String] {
            let (plan, migrator) = (try plan(), migrator)
            let texts = Dictionary(plan.pending.map { ($0.id, $0.migration.statements) }) { first, _ in first }
            let run = JournaledRun(
                plan: plan, holder: holder, catalogue: catalogue, clock: migrator.clock, version: migrator.version,
                watch: { boundary in
                    try turn.check()
                    if case .before(let migration, let statement) = boundary {
                        watch.begins(statement, of: migration, texts[migration]?.dropFirst(statement - 1).first ?? "")
                    }
                    try migrator.watch(boundary)
                })
            try run.run(on: connection)
            try verify(isAhead: false)
            let ids = plan.pending.map(\.id)
            migrator.logger.info("schema brought up to date", metadata: ["migrations": "\(ids.joined(separator: " "))"])
            return ids
        }

        private func verify(isAhead: Bool) throws {
            let expected = MySQLShape(try ExpectedSchema.make(migrator.schemas), flavour: link.flavour)
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
