#if MySQL
    import Dispatch
    import Gauges
    import Storage
    import Synchronization

    /// One caller's read, waiting.
    struct ReadJob: Sendable {
        let deadline: ContinuousClock.Instant
        /// Runs the body. Nil: answered. Otherwise the connection failed it, and it may run again.
        let run: @Sendable (MySQLConnection, _ mayFail: Bool) -> MySQLFault?
        let fail: @Sendable (any Error) -> Void
    }

    /// A few threads, each with a connection, for reads on snapshots.
    final class MySQLReaders: Sendable {
        /// Callers that may wait: more would only wait in vain.
        static let mostWaiting = 10_000

        private struct State {
            var waiting: [ReadJob] = []
            var first = 0
            var threads = 0
            var isClosed = false
            var closers: [@Sendable () -> Void] = []
        }

        private let line: MySQLLine
        private let state = Mutex(State())
        private let work = DispatchSemaphore(value: 0)

        init(_ line: MySQLLine) {
            self.line = line
        }

        /// - Throws: when there is no thread.
        func start() throws {
            for _ in 0..<max(1, line.configuration.readers) {
                state.withLock { $0.threads += 1 }
                guard !MySQLThread.start(named: "mysql-reader", { [self] in serve() }) else { continue }
                state.withLock { $0.threads -= 1 }
                throw StorageError.unreachable(server: line.server, reason: "the system has no thread left")
            }
        }

        func add(_ job: ReadJob) {
            let refusal: StorageError? = state.withLock { state in
                guard !state.isClosed else { return .closed }
                guard state.waiting.count - state.first < Self.mostWaiting else {
                    return .unreachable(server: line.server, reason: "\(Self.mostWaiting) reads wait for it already")
                }
                state.waiting.append(job)
                return nil
            }
            if let refusal { job.fail(refusal) } else { work.signal() }
        }

        /// Takes no more; `done` is called when those that wait have been run and the connections are closed.
        func close(done: @escaping @Sendable () -> Void) {
            let threads = state.withLock { state in
                state.isClosed = true
                if state.threads > 0 { state.closers.append(done) }
                return state.threads
            }
            if threads == 0 { done() }
            for _ in 0..<threads { work.signal() }
        }

        private func next() -> ReadJob? {
            work.wait()
            return state.withLock { state in
                guard state.first < state.waiting.count else { return nil }
                let job = state.waiting[state.first]
                state.first += 1
                if state.first == state.waiting.count || state.first > 1_000 {
                    state.waiting.removeFirst(state.first)
                    state.first = 0
                }
                return job
            }
        }

        private func serve() {
            var link: MySQLLink?
            while let job = next() { carryOut(job, &link) }
            link = nil
            let closers = state.withLock { state in
                state.threads -= 1
                defer { if state.threads == 0 { state.closers = [] } }
                return state.threads == 0 ? state.closers : []
            }
            for closer in closers { closer() }
        }

        /// A read is harmless: it runs again until its time is over.
        private func carryOut(_ job: ReadJob, _ link: inout MySQLLink?) {
            do {
                var tries = 0
                while true {
                    if tries > 1 { MySQLLine.pause(milliseconds: 100) }
                    tries += 1
                    let ready = try link ?? line.connect(.reading, until: job.deadline)
                    link = ready
                    let connection = line.connection(ready)
                    let fault = job.run(connection, ContinuousClock.now >= job.deadline)
                    connection.end()
                    if settle(ready, connection.lost) { link = nil }
                    if fault == nil { return }
                }
            } catch {
                job.fail(error)
            }
        }

        /// Ends the snapshot.
        /// - Returns: the connection is good for nothing.
        private func settle(_ link: MySQLLink, _ lost: MySQLFault?) -> Bool {
            guard lost?.remedy != .reconnect, (try? link.run("COMMIT")) != nil else {
                line.figures.lostConnections.add()
                return true
            }
            return false
        }
    }
#endif
