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

    /// Begins another history: what clients hold of the one before is good no more.
    @discardableResult
    package static func renew(_ connection: any SQLConnection) throws -> Epoch {
        let text = (0..<2).map { _ in UInt64.random(in: .min ... .max).sixteenDigits }.joined()
        try connection.execute("UPDATE instance SET value = ? WHERE key = 'epoch'", text)
        return try read(connection)
    }
}

extension UInt64 {
    /// Hexadecimal, with leading zeros.
    fileprivate var sixteenDigits: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
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
