package import Vocabulary

/// What `migrate plan` says.
package struct MigrationPlanReport: Hashable, Sendable, Codable {
    package struct Statement: Hashable, Sendable, Codable {
        package var sql: String
        /// What it does, in a few words.
        package var effect: String
        /// Rows that it changed in the rehearsal; nil when none was held.
        package var rows: Int?
        package var milliseconds: Double?
        /// What it makes is there already, identical, and is taken over.
        package var isAdopted: Bool?
    }

    package struct Pending: Hashable, Sendable, Codable {
        package var id: String
        package var room: String
        package var number: Int
        package var title: String
        package var kind: MigrationKind
        package var previousReleaseRuns: Bool
        /// What the release before has not reckoned with; empty for additions.
        package var hindrances: [Hindrance]
        package var statements: [Statement]
        package var rows: Int?
        package var milliseconds: Double?
    }

    /// The run on a copy of the database.
    package struct Rehearsal: Hashable, Sendable, Codable {
        /// How long writes would wait.
        package var milliseconds: Double
        package var copiedBytes: Int64
        package var copyMilliseconds: Double
        /// Why it did not come to its end; what `migrate apply` would say.
        package var failure: String?
    }

    package var schema = 1
    package var database: String
    package var pending: [Pending]
    /// Of a newer release, which promised this one to be able to live with it.
    package var ahead: [String]
    /// Nil when there is no database yet, or nothing is pending.
    package var rehearsal: Rehearsal?
    /// What others notice of it.
    package var lock: String
    /// A verified backup is made first.
    package var backsUp: Bool
    /// Why none is made, and what to do instead; nil where one is made or there is nothing to lose.
    package var backupNote: String?
    /// Whether the release before can go on serving while this runs, and can be started again behind it.
    package var previousReleaseGoesOn: Bool
}

/// What `migrate status` says.
package struct MigrationStatus: Hashable, Sendable, Codable {
    package struct Landed: Hashable, Sendable, Codable {
        package var id: String
        package var title: String
        package var at: Timestamp?
        package var version: String
        package var kind: MigrationKind?
        package var checksum: String
        package var chain: String?
        package var adopted: Int
    }

    package var schema = 1
    package var database: String
    package var landed: [Landed]
    package var pending: [String]
    package var ahead: [String]
    /// `whole`; `unsealed` where rows of an older release have no sum yet.
    package var chain: String
    /// The sum of the whole history.
    package var head: String
    package var holder: DirectoryHolder?
    /// On an engine whose DDL commits by itself: the statement that was begun and isn't done, by whom and since when.
    package var underWay: String?
}

/// What `migrate verify` says.
package struct SchemaVerification: Hashable, Sendable, Codable {
    package var schema = 1
    package var database: String
    /// Of the schema that the landed migrations make.
    package var expected: String
    package var found: String
    package var drifts: [SchemaDrift]
    package var pending: [String]
    /// Nothing is in the program's way.
    package var isWell: Bool
}
