/// What can go wrong in storage, with a code that logs and tests compare.
package enum StorageError: Error, Equatable, Sendable {
    /// A uniqueness rule of the schema refused the row; `constraint` is what the engine named: `table.column`, several parted by ", ".
    case duplicate(constraint: String)
    /// Another rule of the schema (foreign key, check, not null, trigger) refused the row.
    case refused(constraint: String)
    /// A column held another kind of value than its reader expected.
    case unexpectedValue(column: Int, wanted: String)
    /// The disk is full, the file is read-only or broken, the statement is wrong: the engine's own words.
    case engine(code: Int32, message: String)
    /// The database is closing.
    case closed
    /// Another process works on the same data directory; `holder` where it could be told.
    case inUse(directory: String, holder: DirectoryHolder?)
    /// The data directory or the file in it can't be used.
    case cannotOpen(path: String, reason: String)
    /// The database server can't be reached, refuses us, or does not answer in time. Nothing of the write is stored.
    /// `server` is `host:port`.
    case unreachable(server: String, reason: String)
    /// The connection broke at the commit, and whether it is stored could not be learned in time: it is wholly there, or not at all.
    case unknownOutcome(reason: String)
    /// The engine did not take a setting without which an acknowledged write could be lost.
    case notDurable(setting: String, value: String)

    /// Stable, for logs and tests.
    package var code: String {
        switch self {
        case .duplicate: "storage.duplicate"
        case .refused: "storage.refused"
        case .unexpectedValue: "storage.unexpected_value"
        case .engine: "storage.engine"
        case .closed: "storage.closed"
        case .inUse: "storage.in_use"
        case .cannotOpen: "storage.cannot_open"
        case .unreachable: "storage.unreachable"
        case .unknownOutcome: "storage.unknown_outcome"
        case .notDurable: "storage.not_durable"
        }
    }
}

extension StorageError: CustomStringConvertible {
    /// One sentence for the person who has to do something about it.
    package var description: String {
        switch self {
        case .duplicate(let constraint): "a row with the same \(constraint) is already stored"
        case .refused(let constraint): "the schema refused the row: \(constraint)"
        case .unexpectedValue(let column, let wanted): "column \(column) of a result does not hold a value of type \(wanted)"
        case .engine(let code, let message): "the database engine failed with code \(code): \(message)"
        case .closed: "the database is closed"
        case .inUse(let directory, let holder):
            "\(holder.map { "\($0)" } ?? "another process") already works on the data directory \(directory); "
                + "stop it first, or choose another DATA_DIR"
        case .cannotOpen(let path, let reason): "\(path) can't be opened: \(reason)"
        case .unreachable(let server, let reason): "the database server \(server) can't be reached: \(reason)"
        case .unknownOutcome(let reason):
            "the connection to the database broke at a commit, and whether it is stored can't be told: \(reason)"
        case .notDurable(let setting, let value):
            "the database engine keeps \(setting) at \(value), so that an acknowledged write could be lost; refusing to work on it"
        }
    }
}
