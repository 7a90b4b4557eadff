/// Why there is no backup, or why it was not restored, with a code that logs and tests compare.
package enum BackupError: Error, Equatable, Sendable {
    /// Bytes that are needed and bytes that are free.
    case noRoom(folder: String, needed: Int64, free: Int64)
    /// Another process makes one in the same folder.
    case busy(folder: String)
    /// The data directory has no database.
    case noDatabase(path: String)
    /// The copy is not what was copied.
    case notIdentical(path: String, what: String)
    /// There is no such backup, or none at all.
    case notFound(String)
    /// A file of the backup is missing, or is not as the manifest says.
    case damaged(path: String, what: String)
    /// Its database has migrations that this program does not know.
    case newer(path: String, migrations: [String])
    /// The files belong to another user, who could not use what this one would write.
    case notOwner(path: String, owner: String)
    /// Reading or writing failed.
    case disk(path: String, reason: String)
    /// Asked to stop before it was done.
    case stopped
    /// The system gave no thread.
    case noThread

    /// Stable, for logs and tests.
    package var code: String {
        switch self {
        case .noRoom: "backup.no_room"
        case .busy: "backup.busy"
        case .noDatabase: "backup.no_database"
        case .notIdentical: "backup.not_identical"
        case .notFound: "backup.not_found"
        case .damaged: "backup.damaged"
        case .newer: "backup.newer"
        case .notOwner: "backup.not_owner"
        case .disk: "backup.disk"
        case .stopped: "backup.stopped"
        case .noThread: "backup.no_thread"
        }
    }
}

extension BackupError: CustomStringConvertible {
    /// One sentence for the person who has to do something about it.
    package var description: String {
        switch self {
        case .noRoom(let folder, let needed, let free):
            "a backup in \(folder) needs \(ByteText.write(needed)) and \(ByteText.write(free)) are free; make room, or set BACKUP_DIR to another disk"
        case .busy(let folder): "another process is making a backup in \(folder); wait for it and try again"
        case .noDatabase(let path): "there is no database at \(path); set DATA_DIR to the folder that has one"
        case .notIdentical(let path, let what):
            "the copy \(path) is not what was copied (\(what)); it was thrown away, try again and check the disk"
        case .notFound(let name): "there is no verified backup \(name); `switchboard backup --list` shows them"
        case .damaged(let path, let what): "the backup \(path) is damaged: \(what); choose another one (`switchboard backup --list`)"
        case .newer(let path, let migrations):
            "the backup \(path) was made by a newer release: it has \(migrations.joined(separator: ", ")); restore it with that release"
        case .notOwner(let path, let owner): "\(path) belongs to \(owner); run this as that user (sudo -u \(owner) …)"
        case .disk(let path, let reason): "\(path): \(reason)"
        case .stopped: "the backup was stopped before it was done; nothing is left of it"
        case .noThread: "the system gives no thread for the backup"
        }
    }

    /// What the system said of `path`.
    static func last(_ path: String) -> BackupError {
        .disk(path: path, reason: SystemText.error())
    }
}
