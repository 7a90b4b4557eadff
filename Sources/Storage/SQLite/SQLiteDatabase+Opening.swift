import GRDB
import GRDBSQLite
package import Logging

#if canImport(Glibc)
    import Glibc
#endif

extension SQLiteDatabase {
    /// Opens the database in `directory`, which is made when it's missing (only its owner may enter).
    /// - Parameter diskFailed: called once, on the writer's thread, when the disk failed under a write; see `WriteQueue.breakOff`.
    /// - Throws: `StorageError.inUse` when another process has it, `cannotOpen`, `notDurable`; `BackupError.disk` when a restore that was begun
    ///   can't be finished.
    package static func open(
        directory: String, logger: Logger, diskFailed: (@Sendable (StorageError) -> Void)? = nil
    ) throws -> SQLiteDatabase {
        try DataDirectory.make(directory)
        let lock = try DirectoryLock(directory: directory)
        try PendingRestore(directory: directory).finish(logger)
        let path = directory + "/switchboard.sqlite"
        try DataDirectory.makeFile(path)
        let pool: DatabasePool
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction(settle)
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError.cannotOpen(path: path, reason: "\(StorageError(engine: error))")
        }
        logger.info("storage opened", metadata: ["path": "\(path)", "sqlite": "\(String(cString: sqlite3_libversion()))"])
        return SQLiteDatabase(path: path, pool: pool, lock: lock, logger: logger, diskFailed: diskFailed)
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "storage"
        configuration.maximumReaderCount = 4
        configuration.foreignKeysEnabled = true
        // Only a stranger's tool can hold the file, as the directory is locked: wait a little for it.
        configuration.busyMode = .timeout(5)
        // GRDB traps when an access ends inside a transaction; a ROLLBACK that failed must not end the server. The next batch tries again.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA temp_store = MEMORY") }
        return configuration
    }

    /// GRDB sets `synchronous` back to NORMAL after `prepareDatabase`, which loses acknowledged writes in a power cut: set here, and read
    /// back.
    private static func settle(_ database: GRDB.Database) throws {
        let connection = try SQLiteConnection(database)
        defer { connection.end() }
        for (setting, value, stored) in [
            ("synchronous", "FULL", "2"), ("foreign_keys", "ON", "1"), ("journal_mode", "WAL", "wal"),
            // 16 MiB of log between checkpoints; the file shrinks back to 64 MiB after a burst or a long reader.
            ("wal_autocheckpoint", "4000", "4000"), ("journal_size_limit", "67108864", "67108864"),
            // 8 MiB: the kernel has the rest, and twice as much made the ledger no quicker.
            ("cache_size", "-8192", "-8192"),
        ] {
            _ = try connection.rows("PRAGMA \(setting) = \(value)", [])
            let found = try connection.row("PRAGMA \(setting)", [])?.values.first.map(describe) ?? "nothing"
            guard found == stored else { throw StorageError.notDurable(setting: setting, value: found) }
        }
    }

    private static func describe(_ value: SQLValue) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .text(let text): text
        default: "\(value)"
        }
    }
}
