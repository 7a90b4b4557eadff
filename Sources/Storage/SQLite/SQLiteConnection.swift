import GRDB
import GRDBSQLite

/// One of GRDB's connections, spoken to through SQLite's own calls: GRDB keeps the prepared statements and the threads, the stepping is
/// ours, because its rows and arguments cost more than SQLite's own work on statements as small as the desk's.
final class SQLiteConnection: SQLConnection {
    private let database: GRDB.Database
    let handle: OpaquePointer
    /// Set when the access is over: a connection that left its closure throws instead of touching another thread's work.
    private var isOver = false
    /// Set while the body of one caller's write runs: were the engine to give up the transaction under it, its later statements would each
    /// commit by themselves.
    var needsTransaction = false

    init(_ database: GRDB.Database) throws {
        guard let handle = database.sqliteConnection else { throw StorageError.closed }
        self.database = database
        self.handle = handle
    }

    /// No transaction is open: none was begun, or the engine gave up the one that was (disk full, I/O error).
    var isOutsideTransaction: Bool { sqlite3_get_autocommit(handle) != 0 }

    /// A deferred foreign key is violated, which would fail the commit of everyone in the batch.
    var hasDeferredViolation: Bool {
        var current: CInt = 0
        var highest: CInt = 0
        return sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0) == SQLITE_OK && current != 0
    }

    func end() { isOver = true }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        let statement = try prepared(sql, arguments)
        defer { release(statement) }
        let before = sqlite3_total_changes(handle)
        while try step(statement) {}
        // `sqlite3_changes` keeps the count of an earlier statement when this one changes no rows at all, as DDL does.
        return sqlite3_total_changes(handle) == before ? 0 : Int(sqlite3_changes(handle))
    }

    func rows(_ sql: String, _ arguments: [SQLValue]) throws -> [Row] {
        let statement = try prepared(sql, arguments)
        defer { release(statement) }
        var rows: [Row] = []
        while try step(statement) { rows.append(SQLiteColumns.row(of: statement)) }
        return rows
    }

    func row(_ sql: String, _ arguments: [SQLValue]) throws -> Row? {
        let statement = try prepared(sql, arguments)
        defer { release(statement) }
        return try step(statement) ? SQLiteColumns.row(of: statement) : nil
    }

    private func prepared(_ sql: String, _ arguments: [SQLValue]) throws -> OpaquePointer {
        let statement = try prepared(sql, places: arguments.count)
        for (index, argument) in arguments.enumerated() {
            guard SQLiteColumns.bind(argument, to: statement, at: CInt(index + 1)) == SQLITE_OK else {
                let failure = StorageError(handle: handle)
                release(statement)
                throw failure
            }
        }
        return statement
    }

    /// A statement without a value in any of its places, where it was kept as where it is new.
    func prepared(_ sql: String, places: Int) throws -> OpaquePointer {
        guard !isOver else { throw StorageError.closed }
        guard !needsTransaction || !isOutsideTransaction else {
            throw StorageError.engine(code: SQLITE_ABORT, message: "the engine gave up the transaction")
        }
        let statement: OpaquePointer
        do {
            statement = try database.cachedStatement(sql: sql).sqliteStatement
        } catch {
            throw StorageError(engine: error)
        }
        let wanted = Int(sqlite3_bind_parameter_count(statement))
        guard wanted == places else {
            throw StorageError.engine(code: SQLITE_RANGE, message: "\(places) arguments for \(wanted) places")
        }
        return statement
    }

    /// True at a row, false at the end.
    func step(_ statement: OpaquePointer) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw StorageError(handle: handle)
        }
    }

    func release(_ statement: OpaquePointer) {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
    }
}
