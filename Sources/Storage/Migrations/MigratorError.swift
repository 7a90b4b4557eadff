/// Why the schema was left as it is, with a code that logs and tests compare.
package enum MigratorError: Error, Equatable, Sendable {
    /// A migration that this database has already run reads differently in this program.
    case edited(migration: String)
    /// A row of the history does not follow from those before it: some were edited, removed, added or moved.
    case brokenChain(migration: String)
    /// The database has migrations that this program does not know and can't live with: a newer release made them.
    case newer(migrations: [String])
    /// The numbers of a room, in the program or in the database, do not run 1, 2, 3 …; `after` is the last in order, nil when the first is
    /// missing.
    case gap(room: String, after: Int?)
    /// Two schemas of one room, or a room with a name that can't be a prefix.
    case ambiguous(room: String)
    /// A statement failed; `statement` counts from 1. Nothing of this run is stored.
    case failed(migration: String, statement: Int, reason: String)
    /// A statement failed on an engine that can't take back those before it. They are noted, and the next run goes on behind them.
    case stopped(migration: String, statement: Int, reason: String)
    /// Whether the statement was done before the process ended can't be told.
    case undecidable(migration: String, statement: Int, sql: String)
    /// What a statement makes is there already and is something else.
    case inTheWay(migration: String, statement: Int, drift: SchemaDrift)
    /// The schema is not what the migrations make of it. Where migrations ran before this was found, they were taken back.
    case drifted([SchemaDrift], hasRolledBack: Bool)
    /// Rows that refer to nothing after the change. Nothing of this run is stored.
    case danglingReferences(tables: [String])
    /// The backup before the change could not be made or did not pass its check.
    case backup(path: String, reason: String)
    /// Another instance has been changing the schema for longer than we wait.
    case locked(holder: String)
    /// Other instances work on the database, and their release could not go on behind these migrations.
    case othersServe(instances: [String], migrations: [String])

    /// Stable, for logs and tests.
    package var code: String {
        switch self {
        case .edited: "migrator.edited"
        case .brokenChain: "migrator.broken_chain"
        case .newer: "migrator.newer"
        case .gap: "migrator.gap"
        case .ambiguous: "migrator.ambiguous"
        case .failed: "migrator.failed"
        case .stopped: "migrator.stopped"
        case .undecidable: "migrator.undecidable"
        case .inTheWay: "migrator.in_the_way"
        case .drifted: "migrator.drifted"
        case .danglingReferences: "migrator.dangling_references"
        case .backup: "migrator.backup"
        case .locked: "migrator.locked"
        case .othersServe: "migrator.others_serve"
        }
    }

    /// What the person in charge has to decide about, for the exit code.
    package enum Kind: Sendable {
        /// The program and the database do not belong together.
        case mismatch
        /// A newer release made the database.
        case newer
        /// It was tried and taken back.
        case rolledBack
        /// Somebody has to look and choose.
        case needsPerson
        /// The disk.
        case disk
        /// It can be tried again as it is, when others are done or gone.
        case later
    }

    package var kind: Kind {
        switch self {
        case .edited, .brokenChain, .gap, .ambiguous: .mismatch
        case .newer: .newer
        case .failed, .danglingReferences: .rolledBack
        case .drifted(_, let hasRolledBack): hasRolledBack ? .rolledBack : .needsPerson
        case .stopped, .undecidable, .inTheWay: .needsPerson
        case .backup: .disk
        case .locked, .othersServe: .later
        }
    }
}
