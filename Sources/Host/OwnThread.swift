import Glibc

/// A thread outside of every pool: for what must run when all pools are stuck, and for what blocks and must not hold one up.
package enum OwnThread {
    private final class Work {
        let name: String
        let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }

        func run() {
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            if file >= 0 {
                let bytes = Array(name.utf8.prefix(15))
                _ = write(file, bytes, bytes.count)
                close(file)
            }
            body()
        }
    }

    /// Runs `body` on a new thread that nobody waits for; false when the system has none left.
    /// - Parameters:
    ///   - name: as `ps` and evidence show it, at most 15 bytes.
    ///   - stack: bytes; nil: as much as the system gives (8 MiB of address space). The default is enough for what calls little.
    package static func start(named name: String, stack: Int? = 256 * 1_024, _ body: @escaping @Sendable () -> Void) -> Bool {
        let work = Unmanaged.passRetained(Work(name, body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        if let stack { pthread_attr_setstacksize(&attributes, stack) }
        var thread = pthread_t()
        let failed = pthread_create(
            &thread, &attributes,
            { given in
                guard let given else { return nil }
                Unmanaged<Work>.fromOpaque(given).takeRetainedValue().run()
                return nil
            }, work.toOpaque())
        guard failed == 0 else {
            work.release()
            return false
        }
        return true
    }
}
