import Storage
import Vocabulary

/// The one row that says whether this server is set up.
enum SetupStore {
    static func isOpen(on connection: any SQLConnection) throws -> Bool {
        try connection.row("SELECT 1 FROM setup WHERE slot = 1 AND completed_at IS NULL") != nil
    }

    static func isOpen(for digest: [UInt8], on connection: any SQLConnection) throws -> Bool {
        try connection.row("SELECT 1 FROM setup WHERE slot = 1 AND completed_at IS NULL AND token_digest = ?", digest) != nil
    }

    /// False when set-up is completed.
    static func replaceToken(by digest: [UInt8], on connection: any SQLConnection) throws -> Bool {
        try connection.execute("UPDATE setup SET token_digest = ? WHERE slot = 1 AND completed_at IS NULL", digest) == 1
    }

    /// False when it was completed before: one statement, so that of two who try only one succeeds on any engine.
    static func complete(at now: Timestamp, on connection: any SQLConnection) throws -> Bool {
        try connection.execute("UPDATE setup SET token_digest = NULL, completed_at = ? WHERE slot = 1 AND completed_at IS NULL", now) == 1
    }
}
