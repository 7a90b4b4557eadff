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

extension StorageError {
    /// The disk failed under a read or a write, which a full one doesn't: what is on it now is anybody's guess.
    ///
    /// Not every I/O error is one: the shared memory beside the log can't grow on a full disk either, and that passes.
    var isOfDisk: Bool {
        guard case .engine(let code, _) = self, code & 0xFF == SQLITE_IOERR else { return false }
        // READ, SHORT_READ, WRITE, FSYNC, DIR_FSYNC, TRUNCATE, FSTAT, DATA, CORRUPTFS.
        return [1, 2, 3, 4, 5, 6, 7, 32, 33].contains(code >> 8)
    }

    /// The disk is full.
    package var isFull: Bool {
        if case .engine(let code, _) = self { code & 0xFF == SQLITE_FULL } else { false }
    }

    /// The disk failed or is full.
    package var isAboutDisk: Bool {
        if case .engine(let code, _) = self { [SQLITE_IOERR, SQLITE_FULL].contains(code & 0xFF) } else { false }
    }

    /// The file is no database any more.
    package var isCorrupt: Bool {
        if case .engine(let code, _) = self { [SQLITE_CORRUPT, SQLITE_NOTADB].contains(code & 0xFF) } else { false }
    }
}
