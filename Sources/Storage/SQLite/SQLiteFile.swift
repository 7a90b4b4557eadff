import GRDBSQLite

/// One connection of its own to a SQLite database, beside the server's pool: for copies, checks and rehearsals. Blocks its thread; not to be
/// shared between threads.
package final class SQLiteFile: SQLConnection {
    package enum Mode: Sendable {
        /// Reads what others write; changes nothing but the log's index, which SQLite keeps for all readers.
        case readOnly
        /// The file must exist.
        case readWrite
    }

    package let path: String
    let handle: OpaquePointer

    /// - Throws: `StorageError.cannotOpen`.
    package init(_ path: String, _ mode: Mode) throws {
        handle = try Self.open(path, (mode == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE))
        self.path = path
    }

    /// A database in memory, gone with its connection.
    package init() throws {
        handle = try Self.open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY)
        path = ":memory:"
    }

    deinit { sqlite3_close_v2(handle) }

    private static func open(_ path: String, _ flags: CInt) throws -> OpaquePointer {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, nil)
        guard let handle else { throw StorageError.cannotOpen(path: path, reason: String(cString: sqlite3_errstr(code))) }
        guard code == SQLITE_OK else {
            defer { sqlite3_close_v2(handle) }
            throw StorageError.cannotOpen(path: path, reason: String(cString: sqlite3_errmsg(handle)))
        }
        sqlite3_busy_timeout(handle, 5_000)
        sqlite3_extended_result_codes(handle, 1)
        return handle
    }

    @discardableResult
    package func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        let before = sqlite3_total_changes(handle)
        try forEachRow(sql, arguments) { _ in true }
        return sqlite3_total_changes(handle) == before ? 0 : Int(sqlite3_changes(handle))
    }

    @discardableResult
    package func execute(_ sql: String, each rows: SQLRows) throws -> Int {
        var changed = 0
        for start in stride(from: 0, to: rows.cells.count, by: rows.width) {
            changed += try execute(sql, rows.cells.dropFirst(start).prefix(rows.width).map { rows.value(of: $0) })
        }
        return changed
    }

    @discardableResult
    package func insert(_ rows: SQLRows, with insertion: SQLInsertion) throws -> Int {
        guard let single = insertion.statements.last?.text else { return 0 }
        return try execute(single, each: rows)
    }

    package func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [Row] {
        var rows: [Row] = []
        try forEachRow(sql, arguments) {
            rows.append(SQLiteColumns.row(of: $0))
            return true
        }
        return rows
    }

    package func row(_ sql: String, _ arguments: [SQLValue]) throws -> Row? {
        var row: Row?
        try forEachRow(sql, arguments) {
            row = SQLiteColumns.row(of: $0)
            return false
        }
        return row
    }

    /// Rows that all statements of this connection changed.
    var totalChanges: Int { Int(sqlite3_total_changes(handle)) }

    /// Steps through a query; `body` says whether to go on. The statement is only good inside `body`.
    func forEachRow(_ sql: String, _ arguments: [SQLValue] = [], _ body: (OpaquePointer) throws -> Bool) throws {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { throw StorageError(handle: handle) }
        guard let statement else { return }
        defer { sqlite3_finalize(statement) }
        for (index, argument) in arguments.enumerated() {
            guard SQLiteColumns.bind(argument, to: statement, at: CInt(index + 1)) == SQLITE_OK else { throw StorageError(handle: handle) }
        }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: if try !body(statement) { return }
            case SQLITE_DONE: return
            default: throw StorageError(handle: handle)
            }
        }
    }
}

extension SQLRows {
    fileprivate func value(of cell: Cell) -> SQLValue {
        switch cell {
        case .null: .null
        case .integer(let number): .integer(number)
        case .text(let start, let count): .text(String(decoding: bytes.dropFirst(start).prefix(count), as: UTF8.self))
        }
    }
}

extension SQLiteFile {
    /// Runs `body` in a read transaction that has begun: everything in it sees one moment.
    func snapshot<Value>(_ body: () throws -> Value) throws -> Value {
        try execute("BEGIN", [])
        defer { _ = try? execute("ROLLBACK", []) }
        // BEGIN alone looks at nothing yet; the first look is what fixes the moment.
        _ = try row("SELECT count(*) FROM sqlite_schema", [])
        return try body()
    }

    /// Copies all pages to `other`, inside `snapshot` those of its moment.
    /// - Parameter pause: called after every 256 pages; what it throws ends the copy.
    func copy(to other: SQLiteFile, pause: () throws -> Void) throws {
        guard let backup = sqlite3_backup_init(other.handle, "main", handle, "main") else { throw StorageError(handle: other.handle) }
        defer { sqlite3_backup_finish(backup) }
        while true {
            switch sqlite3_backup_step(backup, 256) {
            case SQLITE_DONE: return
            case SQLITE_OK: try pause()
            case let code: throw StorageError.engine(code: code, message: String(cString: sqlite3_errstr(code)))
            }
        }
    }

    /// - Throws: `StorageError.engine` with SQLite's first finding.
    func checkIntegrity() throws {
        let finding = try row("PRAGMA integrity_check(1)", [])?.get(0, as: String.self) ?? "no answer"
        guard finding == "ok" else { throw StorageError.engine(code: SQLITE_CORRUPT, message: finding) }
    }
}
