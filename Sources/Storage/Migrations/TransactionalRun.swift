import Vocabulary

/// For engines with transactions around DDL (SQLite): everything that is pending, its history and its verification in one transaction. A process
/// that ends anywhere in it leaves the schema as it was.
struct TransactionalRun: Sendable {
    let plan: MigrationPlan
    let expected: SchemaShape
    /// There were tables before: things may have been made by hand.
    let isOnExisting: Bool
    let clock: any WallClock
    let version: String
    let watch: MigrationBoundary.Watch
    var catalogue: any SchemaCatalogue = SQLiteCatalogue()

    /// What one statement did.
    struct Measured: Sendable {
        let migration: String
        let statement: Int
        let rows: Int
        let took: Duration
        let isAdopted: Bool
    }

    /// Inside a transaction that the caller commits.
    func run(on connection: any SQLConnection) throws -> [Measured] {
        try watch(.begun)
        let history = SchemaHistory(catalogue)
        try history.make(connection)
        if plan.needsSealing { try history.seal(connection) }
        var chain = plan.chain
        var measured: [Measured] = []
        for step in plan.pending {
            let statements = try run(step, on: connection)
            chain.add(id: step.id, checksum: step.migration.checksum)
            let took = statements.map(\.took).reduce(.zero, +)
            try history.add(
                .init(
                    step: step, at: clock.now(), version: version, chain: chain.head, milliseconds: took.wholeMilliseconds,
                    adopted: statements.count(where: \.isAdopted)), connection)
            measured += statements
            try watch(.recorded(migration: step.id))
        }
        try verify(connection)
        try watch(.verified)
        return measured
    }

    private func run(_ step: MigrationPlan.Step, on connection: any SQLConnection) throws -> [Measured] {
        try step.migration.statements.enumerated().map { index, sql in
            try watch(.before(migration: step.id, statement: index + 1))
            let clock = ContinuousClock()
            let start = clock.now
            let isAdopted = try isThere(sql, of: step, statement: index + 1, on: connection)
            let rows = isAdopted ? 0 : try execute(sql, of: step, statement: index + 1, on: connection)
            try watch(.after(migration: step.id, statement: index + 1))
            return Measured(migration: step.id, statement: index + 1, rows: rows, took: clock.now - start, isAdopted: isAdopted)
        }
    }

    private func isThere(_ sql: String, of step: MigrationPlan.Step, statement: Int, on connection: any SQLConnection) throws -> Bool {
        guard isOnExisting else { return false }
        switch try catalogue.presence(of: sql, on: connection) {
        case .absent, .unknown: return false
        case .identical: return true
        case .different(let drift): throw MigratorError.inTheWay(migration: step.id, statement: statement, drift: drift)
        }
    }

    private func execute(_ sql: String, of step: MigrationPlan.Step, statement: Int, on connection: any SQLConnection) throws -> Int {
        do {
            let rows = try connection.execute(sql, [])
            // What a new full-text table notes in tables of its own is nobody's row.
            return FullTextTable(sql) == nil ? rows : 0
        } catch {
            throw MigratorError.failed(migration: step.id, statement: statement, reason: "\(error)")
        }
    }

    private func verify(_ connection: any SQLConnection) throws {
        guard isOnExisting else { return }
        let drifts = try SchemaShape.read(connection).drift(from: expected).filter(\.isBlocking)
        guard drifts.isEmpty else { throw MigratorError.drifted(drifts, hasRolledBack: true) }
    }
}
