#if canImport(Glibc)
    import Glibc
#endif

/// Runs long work on a thread of its own with a lower priority, so that it waits for the server and not the server for it.
package enum QuietThread {
    /// Added to the thread's nice value; on Linux each thread has its own (setpriority(2), "C library/kernel differences").
    private static let nice: CInt = 10

    private final class Work {
        let body: () -> Void

        init(_ body: @escaping () -> Void) {
            self.body = body
        }
    }

    /// Returns what `body` returns, when it has ended on its thread.
    package static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let work = Work { continuation.resume(with: Result { try body() }) }
            guard !start(work) else { return }
            continuation.resume(throwing: BackupError.noThread)
        }
    }

    private static func start(_ work: Work) -> Bool {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(work)
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
                let thread = CInt(PRIO_PROCESS.rawValue)
                _ = setpriority(thread, 0, getpriority(thread, 0) + QuietThread.nice)
                work.body()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
