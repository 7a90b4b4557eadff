/// The database of a house, whatever its engine: what opens, watches, migrates and closes it needs no more than this.
package protocol HouseDatabase: Database {
    /// What works behind it, for people.
    var engine: DatabaseEngine { get }
    /// Where it is: a file's path, or `mysql://user@host:port/name`. Never a secret.
    var place: String { get }
    /// Only one process at a time may have it; others are refused.
    var isSingleHouse: Bool { get }
    var figures: StorageFigures { get }
    /// How many writes wait for the writer's next round.
    var waitingWrites: Int { get }
    /// Has the writer do a small errand in its turn, outside of any transaction: who is stuck there never comes to it.
    func visitWriter(_ errand: @escaping @Sendable () -> Void)
    /// Brings the schema up to date, as the engine can: in one transaction, or statement by statement with a journal.
    /// - Returns: the migrations that ran.
    /// - Throws: `MigratorError`, `StorageError`.
    func migrate(by migrator: Migrator) async throws -> [String]
    /// Takes no more work, finishes what was accepted and lets go.
    func close() async throws
}

/// A database engine's name and version.
package struct DatabaseEngine: Hashable, Sendable, Codable, CustomStringConvertible {
    /// `SQLite`, `MariaDB`, `MySQL`.
    package let name: String
    /// As the engine writes it: `3.40.1`, `10.11.14-MariaDB`.
    package let version: String

    package init(name: String, version: String) {
        self.name = name
        self.version = version
    }

    package var description: String { "\(name) \(version)" }
}
