/// Looks at a database's schema and changes nothing, also beside running servers. Blocks: see `QuietThread`.
package protocol SchemaInspection: Sendable {
    /// - Throws: `MigratorError` when the program can't run on this database at all, `StorageError`.
    func status() throws -> MigrationStatus
    /// Compares the database with what its landed migrations make. What is pending is not missed.
    func verify() throws -> SchemaVerification
    /// What `migrate apply` would do; rehearsed where the engine has a place for it.
    func plan() throws -> MigrationPlanReport
}

extension MigrationStatus {
    /// Of a history and what a program makes of it.
    package init(
        database: String, history: [LandedMigration], plan: MigrationPlan, holder: DirectoryHolder?, underWay: String? = nil
    ) {
        self.init(
            database: database,
            landed: history.map {
                .init(
                    id: $0.id, title: $0.title, at: $0.at, version: $0.version, kind: $0.kind, checksum: $0.checksum, chain: $0.chain,
                    adopted: $0.adopted)
            }, pending: plan.pending.map(\.id), ahead: plan.ahead, chain: plan.needsSealing ? "unsealed" : "whole", head: plan.chain.head,
            holder: holder, underWay: underWay)
    }
}

extension MigrationPlanReport {
    /// What is pending, not rehearsed.
    package init(database: String, plan: MigrationPlan, lock: String, backsUp: Bool, backupNote: String? = nil) {
        self.init(
            database: database, pending: plan.pending.map(Pending.init), ahead: plan.ahead, lock: lock, backsUp: backsUp,
            backupNote: backupNote, previousReleaseGoesOn: plan.pending.allSatisfy { $0.migration.previousReleaseRuns })
    }
}

extension MigrationPlanReport.Pending {
    init(_ step: MigrationPlan.Step) {
        self.init(
            id: step.id, room: step.room, number: step.migration.number, title: step.migration.title, kind: step.migration.kind,
            previousReleaseRuns: step.migration.previousReleaseRuns,
            hindrances: step.migration.previousReleaseRuns ? [] : step.migration.hindrances,
            statements: step.migration.statements.map { .init(sql: $0, effect: StatementEffect($0).text) })
    }
}

extension SchemaVerification {
    package init(database: String, expected: String, found: String, drifts: [SchemaDrift], plan: MigrationPlan) {
        self.init(
            database: database, expected: expected, found: found, drifts: drifts, pending: plan.pending.map(\.id),
            isWell: !drifts.contains(where: \.isBlocking))
    }
}

extension [Schema] {
    /// Only the migrations that have landed: what a database is to be compared with.
    package func keeping(_ history: [LandedMigration]) -> [Schema] {
        let landed = Set(history.map(\.id))
        return map { schema in
            let steps = (try? MigrationPlan.make(history: [], schemas: [schema]))?.pending ?? []
            return Schema(room: schema.room, migrations: steps.filter { landed.contains($0.id) }.map(\.migration))
        }
    }
}
