extension MigratorError: CustomStringConvertible {
    /// For the person who has to do something about it: one sentence, and definitions where two of them differ.
    package var description: String {
        switch self {
        case .edited(let migration):
            "migration \(migration) has already run on this database and reads differently in this program; "
                + "run the release that made the database, or a later one"
        case .brokenChain(let migration):
            "the history of this database was changed by hand: row \(migration) of schema_history does not follow from the rows before it; "
                + "put the rows back as they were, or restore a backup (`switchboard restore latest`)"
        case .newer(let migrations):
            "the database is newer than this program: it has \(migrations.joined(separator: ", ")); "
                + "run the newer release, or restore a backup made before it (`switchboard backup --list`)"
        case .gap(let room, let after?): "the migrations of \(room) skip a number after \(after)"
        case .gap(let room, nil): "the migrations of \(room) do not begin at 1"
        case .ambiguous(let room): "the schema of room \"\(room)\" is given twice or has no usable name"
        case .failed(let migration, let statement, let reason):
            "statement \(statement) of migration \(migration) failed, the database is unchanged: \(reason)"
        case .stopped(let migration, let statement, let reason):
            "statement \(statement) of migration \(migration) failed: \(reason); the statements before it are done and noted, "
                + "and the next run goes on with this one"
        case .undecidable(let migration, let statement, let sql):
            "whether statement \(statement) of migration \(migration) was done before the process ended can't be told from the database. "
                + "Look at it: if it was done, set its row of schema_journal to 'done', else delete the row; then run `switchboard migrate apply`. "
                + "The statement: \(sql)"
        case .inTheWay(let migration, let statement, let drift):
            "statement \(statement) of migration \(migration) makes something that is already there and is different: \(drift.text)\n"
                + "The database is unchanged. Rename or drop what was made by hand, or make it as expected (it is then taken over); "
                + "then run `switchboard migrate apply`"
        case .drifted(let drifts, let hasRolledBack):
            "the schema is not what the migrations of this program make\(hasRolledBack ? "; what ran was taken back" : ""):\n"
                + drifts.map { "  " + $0.text }.joined(separator: "\n")
                + "\nPut it back as expected, or restore a backup (`switchboard restore latest`); `switchboard migrate verify` looks again"
        case .danglingReferences(let tables):
            "after the migrations rows of \(tables.joined(separator: ", ")) would refer to rows that do not exist; "
                + "the database is unchanged"
        case .locked(let holder):
            "\(holder) is changing the schema of this database, or died doing it less than a minute ago; try again when it is done"
        case .othersServe(let instances, let migrations):
            "the release of \(instances.joined(separator: ", ")) can't work behind \(migrations.joined(separator: ", ")), "
                + "which this program has to run on their database; stop them first (`switchboard migrate plan` says what it does)"
        case .backup(let path, let reason):
            "no migration runs without a backup, and \(path) could not be made, the database is unchanged: \(reason)"
        }
    }
}
