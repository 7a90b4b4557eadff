import GRDBSQLite

/// Signs of life of statements that take long: SQLite calls back every so many steps of its machine (sqlite.org/c3ref/progress_handler.html).
///
/// One statement of a migration may rewrite millions of rows. Whoever waits for it has to tell that from one that stands still, for instance on
/// a disk that doesn't answer: that one takes no steps.
final class SQLiteTicks {
    /// Steps between two calls: a few milliseconds of work.
    private static let steps: CInt = 100_000

    private let handle: OpaquePointer
    private let tick: @Sendable () -> Void

    init(on handle: OpaquePointer, _ tick: @escaping @Sendable () -> Void) {
        self.handle = handle
        self.tick = tick
        // It is not kept: `end` takes the call back before this is gone.
        sqlite3_progress_handler(
            handle, Self.steps,
            { raw in
                guard let raw else { return 0 }
                Unmanaged<SQLiteTicks>.fromOpaque(raw).takeUnretainedValue().tick()
                return 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// No more calls. Needed before the last reference goes.
    func end() {
        sqlite3_progress_handler(handle, 0, nil, nil)
    }

    deinit { end() }
}
