#if MySQL
    import CMariaDB
    import Dispatch
    import Host
    import Synchronization

    /// Threads for what blocks: the client library waits for the server, and neither event loops nor the pool of tasks may.
    enum MySQLThread {
        /// Starts one; false when the system has none left.
        static func start(named name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
            OwnThread.start(named: name, stack: nil) {
                mysql_thread_init()
                body()
                mysql_thread_end()
            }
        }

        /// Returns what `body` returns, when it has ended on a thread of its own.
        static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
            try await withCheckedThrowingContinuation { continuation in
                guard !start(named: "mysql", { continuation.resume(with: Result { try body() }) }) else { return }
                continuation.resume(throwing: MySQLFault(code: 2008, state: "HY000", message: "the system has no thread left"))
            }
        }

        /// Waits for a task, from a thread of our own: no other may be blocked.
        static func wait(for body: @escaping @Sendable () async throws -> Void) throws {
            let (isDone, outcome) = (DispatchSemaphore(value: 0), Outcome())
            Task {
                do {
                    try await body()
                } catch {
                    outcome.failure.withLock { $0 = error }
                }
                isDone.signal()
            }
            isDone.wait()
            if let failure = outcome.failure.withLock({ $0 }) { throw failure }
        }

        private final class Outcome: Sendable {
            let failure = Mutex<(any Error)?>(nil)
        }
    }
#endif
