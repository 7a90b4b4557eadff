import Vocabulary

/// The table in which a database remembers which migrations made it.
package struct SchemaHistory: Sendable {
    let catalogue: any SchemaCatalogue

    package init(_ catalogue: any SchemaCatalogue) {
        self.catalogue = catalogue
    }

    /// What releases after the first keep besides. All may be NULL: the release before writes its rows without them.
    private static let later = [
        "chain": "TEXT", "kind": "TEXT", "previous_release_runs": "INTEGER", "took_ms": "INTEGER", "adopted": "INTEGER",
    ]

    /// Empty for a database that has none yet.
    package func read(_ connection: any SQLConnection) throws -> [LandedMigration] {
        let columns = try columns(connection)
        guard !columns.isEmpty else { return [] }
        guard columns.isSuperset(of: Self.later.keys) else {
            return try connection.rows(
                "SELECT id, checksum, title, applied_at, app_version FROM schema_history ORDER BY \(catalogue.historyOrder)", []
            ).map(Self.landed)
        }
        return try connection.rows(
            """
            SELECT id, checksum, title, applied_at, app_version, chain, kind, previous_release_runs, adopted
                FROM schema_history ORDER BY \(catalogue.historyOrder)
            """, []
        ).map { row in
            var landed = try Self.landed(row)
            landed.chain = try row.get(5)
            landed.kind = try row.get(6, as: String?.self).flatMap(MigrationKind.init)
            landed.previousReleaseRuns = try row.get(7, as: Int?.self) == 1
            landed.adopted = try row.get(8, as: Int?.self) ?? 0
            return landed
        }
    }

    /// Makes the table, or gives one of an older release what it lacks.
    package func make(_ connection: any SQLConnection) throws {
        try connection.execute(catalogue.historyTable, [])
        let columns = try columns(connection)
        for (name, type) in Self.later.sorted(by: { $0.key < $1.key }) where !columns.contains(name) {
            try connection.execute("ALTER TABLE schema_history ADD COLUMN \(name) \(type)", [])
        }
    }

    /// Gives each row without a sum its own, when all rows are as the program knows them.
    func seal(_ connection: any SQLConnection) throws {
        var chain = MigrationChain()
        for landed in try read(connection) {
            chain.add(id: landed.id, checksum: landed.checksum)
            try connection.execute("UPDATE schema_history SET chain = ? WHERE id = ? AND chain IS NULL", chain.head, landed.id)
        }
    }

    func add(_ record: Record, _ connection: any SQLConnection) throws {
        let migration = record.step.migration
        try connection.execute(
            """
            INSERT INTO schema_history (
                id, title, checksum, applied_at, app_version, chain, kind, previous_release_runs, took_ms, adopted
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, record.step.id, migration.title, migration.checksum, record.at, record.version, record.chain, migration.kind.rawValue,
            migration.previousReleaseRuns, record.milliseconds, record.adopted)
    }

    /// One row to be written.
    struct Record {
        let step: MigrationPlan.Step
        let at: Timestamp
        let version: String
        let chain: String
        let milliseconds: Int64
        let adopted: Int
    }

    private func columns(_ connection: any SQLConnection) throws -> Set<String> {
        try catalogue.columns(of: "schema_history", on: connection)
    }

    private static func landed(_ row: Row) throws -> LandedMigration {
        var landed = LandedMigration(id: try row.get(0), checksum: try row.get(1))
        landed.title = try row.get(2)
        landed.at = try row.get(3)
        landed.version = try row.get(4)
        return landed
    }
}
