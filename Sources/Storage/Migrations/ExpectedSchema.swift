/// The schema that a program's migrations make.
package enum ExpectedSchema {
    /// Runs all migrations in memory and looks at what came of it.
    /// - Throws: `MigratorError.failed`: the program itself is at fault.
    package static func make(_ schemas: [Schema]) throws -> SchemaShape {
        let memory = try SQLiteFile()
        for step in try MigrationPlan.make(history: [], schemas: schemas).pending {
            for (index, statement) in step.migration.statements.enumerated() {
                do {
                    try memory.execute(statement, [])
                } catch {
                    throw MigratorError.failed(migration: step.id, statement: index + 1, reason: "\(error)")
                }
            }
        }
        return try SchemaShape.read(memory)
    }
}
