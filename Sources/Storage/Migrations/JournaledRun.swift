import Crypto
package import Vocabulary

/// For engines whose DDL commits by itself (MySQL): each statement is noted before and after, and one that was only begun is decided by looking
/// at what it should have made. A process that ends anywhere in it is followed by one that goes on from there.
///
/// Statements that change rows need no look: they commit together with their note.
package struct JournaledRun: Sendable {
    private let plan: MigrationPlan
    private let journal: StatementJournal
    private let catalogue: any SchemaCatalogue
    private let history: SchemaHistory
    private let clock: any WallClock
    private let version: String
    private let watch: MigrationBoundary.Watch

    /// - Parameters:
    ///   - holder: host, process and start of who runs it.
    ///   - catalogue: of the engine.
    package init(
        plan: MigrationPlan, holder: String, catalogue: any SchemaCatalogue, clock: any WallClock, version: String,
        watch: @escaping MigrationBoundary.Watch = { _ in }
    ) {
        self.plan = plan
        journal = StatementJournal(holder: holder, clock: clock)
        self.catalogue = catalogue
        history = SchemaHistory(catalogue)
        self.clock = clock
        self.version = version
        self.watch = watch
    }

    /// - Parameter connection: outside any transaction; nobody else migrates.
    /// - Throws: `MigratorError.stopped`, `undecidable`, `inTheWay`, `edited`.
    package func run(on connection: any SQLConnection) throws {
        try history.make(connection)
        if plan.needsSealing { try history.seal(connection) }
        try journal.make(connection)
        try watch(.begun)
        var chain = plan.chain
        for step in plan.pending {
            for (index, sql) in step.migration.statements.enumerated() {
                try run(Statement(step: step, number: index + 1, sql: sql), on: connection)
            }
            chain.add(id: step.id, checksum: step.migration.checksum)
            try record(step, chain: chain.head, on: connection)
            try watch(.recorded(migration: step.id))
        }
    }

    private struct Statement {
        let step: MigrationPlan.Step
        let number: Int
        let sql: String

        var checksum: String { Hexadecimal.write(SHA256.hash(data: Array(sql.utf8))) }
    }

    private func run(_ statement: Statement, on connection: any SQLConnection) throws {
        let entry = try journal.entry(statement.step.id, statement.number, connection)
        if let entry, entry.checksum != statement.checksum { throw MigratorError.edited(migration: statement.step.id) }
        if let entry, entry.state != .started { return }
        if case .changesRows = StatementEffect(statement.sql) { return try changeRows(statement, on: connection) }
        switch try presence(of: statement, on: connection) {
        case .different(let drift):
            throw MigratorError.inTheWay(migration: statement.step.id, statement: statement.number, drift: drift)
        case .identical:
            // Begun by us and done, or made by hand before us.
            try note(entry == nil ? .adopted : .done, statement, on: connection)
        case .unknown where entry != nil:
            throw MigratorError.undecidable(migration: statement.step.id, statement: statement.number, sql: statement.sql)
        case .absent, .unknown:
            if entry == nil { try note(.started, statement, on: connection) }
            try watch(.before(migration: statement.step.id, statement: statement.number))
            try execute(statement, on: connection)
            try watch(.after(migration: statement.step.id, statement: statement.number))
            try note(.done, statement, on: connection)
        }
    }

    private func presence(of statement: Statement, on connection: any SQLConnection) throws -> Presence {
        guard let probe = statement.step.migration.probes[statement.number] else {
            return try catalogue.presence(of: statement.sql, on: connection)
        }
        return try connection.row(probe, []) == nil ? .absent : .identical
    }

    private func changeRows(_ statement: Statement, on connection: any SQLConnection) throws {
        try together(connection) {
            try watch(.before(migration: statement.step.id, statement: statement.number))
            try execute(statement, on: connection)
            try note(.done, statement, on: connection)
            try watch(.after(migration: statement.step.id, statement: statement.number))
        }
    }

    private func execute(_ statement: Statement, on connection: any SQLConnection) throws {
        do {
            try connection.execute(statement.sql, [])
        } catch {
            throw MigratorError.stopped(migration: statement.step.id, statement: statement.number, reason: "\(error)")
        }
    }

    private func note(_ state: StatementJournal.State, _ statement: Statement, on connection: any SQLConnection) throws {
        try journal.note(state, statement.step.id, statement.number, checksum: statement.checksum, connection)
    }

    private func record(_ step: MigrationPlan.Step, chain: String, on connection: any SQLConnection) throws {
        try together(connection) {
            let adopted = try journal.adopted(step.id, connection)
            try history.add(
                .init(step: step, at: clock.now(), version: version, chain: chain, milliseconds: 0, adopted: adopted), connection)
            try journal.forget(step.id, connection)
        }
    }

    /// Rows that are changed together, which these engines do commit as one.
    private func together(_ connection: any SQLConnection, _ body: () throws -> Void) throws {
        try catalogue.begin(on: connection)
        do {
            try body()
            try connection.execute("COMMIT", [])
        } catch {
            _ = try? connection.execute("ROLLBACK", [])
            throw error
        }
    }
}
