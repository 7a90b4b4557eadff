/// Why the schema was left as it is, with a code that logs and tests compare.
package enum MigratorError: Error, Equatable, Sendable {
    /// A migration that this database has already run reads differently in this program.
    case edited(migration: String)
    /// The database has migrations that this program does not know: a newer release made them.
    case newer(migrations: [String])
    /// The numbers of a room, in the program or in the database, do not run 1, 2, 3 …; `after` is the last in order, nil when the first is
    /// missing.
    case gap(room: String, after: Int?)
    /// Two schemas of one room, or a room with a name that can't be a prefix.
    case ambiguous(room: String)
    /// A statement failed; `statement` counts from 1. Nothing of this run is stored.
    case failed(migration: String, statement: Int, reason: String)
    /// Rows that refer to nothing after the change. Nothing of this run is stored.
    case danglingReferences(tables: [String])
    /// The backup before the change could not be made or did not pass its check.
    case backup(path: String, reason: String)

    /// Stable, for logs and tests.
    package var code: String {
        switch self {
        case .edited: "migrator.edited"
        case .newer: "migrator.newer"
        case .gap: "migrator.gap"
        case .ambiguous: "migrator.ambiguous"
        case .failed: "migrator.failed"
        case .danglingReferences: "migrator.dangling_references"
        case .backup: "migrator.backup"
        }
    }
}

extension MigratorError: CustomStringConvertible {
    /// One sentence for the person who has to do something about it.
    package var description: String {
        switch self {
        case .edited(let migration):
            "migration \(migration) has already run on this database and reads differently in this program; "
                + "run the release that made the database, or a later one"
        case .newer(let migrations):
            "the database is newer than this program: it has \(migrations.joined(separator: ", ")); "
                + "run the newer release, or restore a backup made before it"
        case .gap(let room, let after?): "the migrations of \(room) skip a number after \(after)"
        case .gap(let room, nil): "the migrations of \(room) do not begin at 1"
        case .ambiguous(let room): "the schema of room \"\(room)\" is given twice or has no usable name"
        case .failed(let migration, let statement, let reason):
            "statement \(statement) of migration \(migration) failed, the database is unchanged: \(reason)"
        case .danglingReferences(let tables):
            "after the migrations rows of \(tables.joined(separator: ", ")) would refer to rows that do not exist; "
                + "the database is unchanged"
        case .backup(let path, let reason): "the backup \(path) could not be made, the database is unchanged: \(reason)"
        }
    }
}
