package import Vocabulary

/// Why a backup was made; decides how long it is kept.
package enum BackupReason: Hashable, Sendable, Codable {
    /// By the clock.
    case scheduled
    /// By a person.
    case asked
    /// Before this migration and those behind it.
    case migration(String)

    /// As it stands in the backup's name: `scheduled`, `asked`, `before-desk.0007`.
    package var name: String {
        switch self {
        case .scheduled: "scheduled"
        case .asked: "asked"
        case .migration(let id): "before-\(id)"
        }
    }

    package init(from decoder: any Decoder) throws {
        let name = try decoder.singleValueContainer().decode(String.self)
        switch name {
        case "scheduled": self = .scheduled
        case "asked": self = .asked
        default: self = .migration(name.hasPrefix("before-") ? String(name.dropFirst(7)) : name)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

/// How many rows a table has and what they are.
package struct TableDigest: Hashable, Sendable, Codable {
    package var rows: Int
    /// Over every value of every row, in the table's own order.
    package var sha256: String
}

/// What a backup holds and what was found when it was restored for trial: the file `manifest.json` in its folder.
///
/// It is written last, and the folder gets its name after that: a folder of that name is a verified backup.
package struct BackupManifest: Hashable, Sendable, Codable {
    package struct File: Hashable, Sendable, Codable {
        /// Within the backup's folder.
        package var path: String
        package var bytes: Int64
        package var sha256: String
    }

    package struct Landed: Hashable, Sendable, Codable {
        package var id: String
        package var checksum: String
    }

    /// Of this file; a program refuses a higher one than it knows.
    package static let format = 1
    package var format = Self.format
    package var reason: BackupReason
    /// The moment of the snapshot: RFC 3339 and milliseconds since 1970.
    package var time: String
    package var at: Timestamp
    /// How long it took, the trial included.
    package var milliseconds: Int64
    /// Of the program that made it.
    package var version: String
    package var sqlite: String
    /// Of the database; nil when it was never migrated.
    package var epoch: String?
    package var schemaFingerprint: String
    /// The history of migrations, in order.
    package var migrations: [Landed]
    package var tables: [String: TableDigest]
    /// In all tables.
    package var rows: Int
    package var files: [File]
    /// `ok` by `PRAGMA integrity_check` on the restored copy, which had the same rows as the snapshot.
    package var restored: String
}

/// A copy of the database, and what belongs to it, that was restored for trial and found identical.
package struct VerifiedBackup: Hashable, Sendable {
    /// Its folder.
    package let path: String
    package let manifest: BackupManifest

    /// The folder's own name.
    package var name: String { String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...]) }

    /// Of all its files.
    package var bytes: Int64 { manifest.files.map(\.bytes).reduce(0, +) }
}
