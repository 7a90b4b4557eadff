import Synchronization

/// One caller's write, waiting.
struct WriteJob: Sendable {
    /// Runs the body; what it returns is owed to the caller once the commit is on disk.
    let run: @Sendable (any SQLConnection) throws -> LandedWrite
    /// Tells the caller that nothing of it is stored.
    let fail: @Sendable (any Error) -> Void
}

/// A write whose body has run.
struct LandedWrite: Sendable {
    /// What the caller wanted to happen in commit order.
    let notify: @Sendable () -> Void
    /// Wakes the caller.
    let resume: @Sendable () -> Void
}

/// The writes that wait for the writer, in the order of their calls, and whether it is on its way.
///
/// Every verb answers what the caller has to do, after the lock: start a drain, go on, or tell who waits for the end.
final class WriteQueue: Sendable {
    private struct State {
        var waiting: [WriteJob] = []
        var isDraining = false
        var isClosed = false
        /// The disk failed under a write.
        var broken: StorageError?
        var closers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    /// - Returns: the drain has to be started.
    /// - Throws: `StorageError.closed`, or what the queue was broken off for.
    func add(_ job: WriteJob) throws -> Bool {
        try state.withLock { state in
            guard !state.isClosed else { throw StorageError.closed }
            if let broken = state.broken { throw broken }
            state.waiting.append(job)
            defer { state.isDraining = true }
            return !state.isDraining
        }
    }

    /// The next jobs, at most `limit`.
    func take(_ limit: Int) -> ArraySlice<WriteJob> {
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
    func roundEnded(leaving left: ArraySlice<WriteJob>) -> Bool {
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
    func breakOff(_ reason: StorageError) -> Bool {
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

    var count: Int { state.withLock { $0.waiting.count } }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Takes no more jobs; `done` is called when those that wait have been run.
    func close(done: @escaping @Sendable () -> Void) {
        let isIdle = state.withLock { state in
            state.isClosed = true
            guard state.isDraining else { return true }
            state.closers.append(done)
            return false
        }
        if isIdle { done() }
    }
}
