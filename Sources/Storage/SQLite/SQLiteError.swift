import GRDB
import GRDBSQLite

extension StorageError {
    /// The last failure of a connection, read before anything else is done with it.
    init(handle: OpaquePointer) {
        self.init(code: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)))
    }

    /// What GRDB threw.
    init(engine error: any Error) {
        switch error {
        case let error as StorageError: self = error
        case let error as DatabaseError:
            self.init(code: error.extendedResultCode.rawValue, message: error.message ?? "no message")
        default: self = .engine(code: SQLITE_ERROR, message: String(describing: error))
        }
    }

    /// Result codes: sqlite.org/rescode.html.
    private init(code: CInt, message: String) {
        guard code & 0xFF == SQLITE_CONSTRAINT else {
            self = .engine(code: code, message: message)
            return
        }
        let constraint = Self.afterLabel(message)
        self =
            switch code >> 8 {
            case 6, 8, 10: .duplicate(constraint: constraint)  // PRIMARYKEY, UNIQUE, ROWID
            default: .refused(constraint: constraint)
            }
    }

    /// "UNIQUE constraint failed: t.a, t.b" names what it is about after the colon; a trigger's own text has none.
    private static func afterLabel(_ message: String) -> String {
        let label = " constraint failed: "
        guard let start = message.utf8.indices.first(where: { message.utf8[$0...].starts(with: label.utf8) }) else { return message }
        return String(message[message.utf8.index(start, offsetBy: label.utf8.count)...])
    }
}
