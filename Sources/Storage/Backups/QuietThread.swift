import Host

#if canImport(Glibc)
    import Glibc
#endif

/// Runs long work on a thread of its own with a lower priority, so that it waits for the server and not the server for it.
package enum QuietThread {
    /// Added to the thread's nice value; on Linux each thread has its own (setpriority(2), "C library/kernel differences").
    private static let nice: CInt = 10

    /// Returns what `body` returns, when it has ended on its thread.
    package static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let hasBegun = OwnThread.start(named: "quiet", stack: nil) {
                let thread = CInt(PRIO_PROCESS.rawValue)
                _ = setpriority(thread, 0, getpriority(thread, 0) + Self.nice)
                continuation.resume(with: Result { try body() })
            }
            if !hasBegun { continuation.resume(throwing: BackupError.noThread) }
        }
    }
}
