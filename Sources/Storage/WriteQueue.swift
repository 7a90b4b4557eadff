import Synchronization

/// One caller's write, waiting.
package struct WriteJob: Sendable {
    /// Runs the body, more than once where the engine gave a transaction up; what it returns is owed to the caller once the commit is on disk.
    package let run: @Sendable (any SQLConnection) throws -> LandedWrite
    /// Tells the caller that nothing of it is stored.
    package let fail: @Sendable (any Error) -> Void

    package init(run: @escaping @Sendable (any SQLConnection) throws -> LandedWrite, fail: @escaping @Sendable (any Error) -> Void) {
        self.run = run
        self.fail = fail
    }

    /// - Parameters:
    ///   - body: pure towards the database: what it does it can do again.
    ///   - committed: told before the caller goes on.
    package init<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value, committed: (@Sendable (Value) -> Void)?,
        answering caller: CheckedContinuation<Value, any Error>
    ) {
        run = { connection in
            let value = try body(connection)
            return LandedWrite(notify: { committed?(value) }, resume: { caller.resume(returning: value) })
        }
        fail = { caller.resume(throwing: $0) }
    }
}

/// A write whose body has run.
package struct LandedWrite: Sendable {
    /// What the caller wanted to happen in commit order.
    package let notify: @Sendable () -> Void
    /// Wakes the caller.
    package let resume: @Sendable () -> Void

    package init(notify: @escaping @Sendable () -> Void, resume: @escaping @Sendable () -> Void) {
        self.notify = notify
        self.resume = resume
    }
}

/// The writes that wait for the writer, in the order of their calls, and whether it is on its way.
///
/// Every verb answers what the caller has to do, after the lock: start a drain, go on, or tell who waits for the end.
package final class WriteQueue: Sendable {
    private struct State {
        var waiting: [WriteJob] = []
        var isDraining = false
        var isClosed = false
        /// The disk failed under a write.
        var broken: StorageError?
        var closers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// - Returns: the drain has to be started.
    /// - Throws: `StorageError.closed`, or what the queue was broken off for.
    package func add(_ job: WriteJob) throws -> Bool {
        try state.withLock { state in
            guard !state.isClosed else { throw StorageError.closed }
            if let broken = state.broken { throw broken }
            state.waiting.append(job)
            defer { state.isDraining = true }
            return !state.isDraining
        }
    }

    /// The next jobs, at most `limit`.
    package func take(_ limit: Int) -> ArraySlice<WriteJob> {
        state.withLock { state in
            guard state.waiting.count > limit else {
                defer { state.waiting = [] }
                return state.waiting[...]
            }
            defer { state.waiting.removeFirst(limit) }
            return state.waiting.prefix(limit)
        }
    }

    /// Ends one round; `left` are jobs that were taken and not run.
    /// - Returns: there is more to drain.
    package func roundEnded(leaving left: ArraySlice<WriteJob>) -> Bool {
        let (goesOn, closers) = state.withLock { state -> (Bool, [@Sendable () -> Void]) in
            state.waiting.insert(contentsOf: left, at: 0)
            state.isDraining = !state.waiting.isEmpty
            guard !state.isDraining else { return (true, []) }
            defer { state.closers = [] }
            return (false, state.closers)
        }
        for closer in closers { closer() }
        return goesOn
    }

    /// Takes nothing more, ever: after a write or an fsync that the disk refused nobody knows what is on it, and a second try that works proves
    /// nothing, because the kernel may have dropped the pages (wiki.postgresql.org/wiki/Fsync_Errors). A new process reads what is there.
    /// - Returns: false when it was broken off before.
    package func breakOff(_ reason: StorageError) -> Bool {
        let (isFirst, waiting) = state.withLock { state in
            defer {
                state.broken = state.broken ?? reason
                state.waiting = []
            }
            return (state.broken == nil, state.waiting)
        }
        for job in waiting { job.fail(reason) }
        return isFirst
    }

    /// How many wait.
    package var count: Int { state.withLock { $0.waiting.count } }

    /// Takes no more jobs.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Takes no more jobs; `done` is called when those that wait have been run.
    package func close(done: @escaping @Sendable () -> Void) {
        let isIdle = state.withLock { state in
            state.isClosed = true
            guard state.isDraining else { return true }
            state.closers.append(done)
            return false
        }
        if isIdle { done() }
    }
}
