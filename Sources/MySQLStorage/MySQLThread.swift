#if MySQL
    import CMariaDB

    #if canImport(Glibc)
        import Glibc
    #endif

    /// Threads for what blocks: the client library waits for the server, and neither event loops nor the pool of tasks may.
    enum OwnThread {
        private final class Work {
            let body: () -> Void

            init(_ body: @escaping () -> Void) {
                self.body = body
            }
        }

        /// Starts one; false when the system has none left.
        static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
            var thread = pthread_t()
            let box = Unmanaged.passRetained(Work(body))
            let code = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
                    mysql_thread_init()
                    work.body()
                    mysql_thread_end()
                    return nil
                }, box.toOpaque())
            guard code == 0 else {
                box.release()
                return false
            }
            pthread_detach(thread)
            return true
        }

        /// Returns what `body` returns, when it has ended on a thread of its own.
        static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
            try await withCheckedThrowingContinuation { continuation in
                guard !start({ continuation.resume(with: Result { try body() }) }) else { return }
                continuation.resume(throwing: MySQLFault(code: 2008, state: "HY000", message: "the system has no thread left"))
            }
        }
    }
#endif
