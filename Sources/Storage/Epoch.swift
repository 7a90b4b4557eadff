/// The random name of this database's history: cursors that clients hold are good only together with it.
///
/// It changes when a backup is restored, because what followed the backup is then gone and its numbers are given again.
package struct Epoch: Hashable, Sendable, CustomStringConvertible {
    /// 32 hexadecimal digits.
    package let text: String

    package var description: String { text }

    /// - Throws: `StorageError.unexpectedValue` when the database was never migrated.
    package static func read(_ connection: any SQLConnection) throws -> Epoch {
        guard let row = try connection.row("SELECT value FROM instance WHERE key = 'epoch'") else {
            throw StorageError.unexpectedValue(column: 0, wanted: "Epoch")
        }
        return Epoch(text: try row.get(0))
    }
}

extension Schema {
    /// What belongs to the database as a whole rather than to a room.
    package static let storage = Schema(
        room: "storage",
        migrations: [
            Migration(
                1, "the instance and its epoch",
                [
                    "CREATE TABLE instance (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
                    "INSERT INTO instance (key, value) VALUES ('epoch', lower(hex(randomblob(16))))",
                ])
        ])
}
