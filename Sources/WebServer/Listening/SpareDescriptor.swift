import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// One descriptor kept for bad times.
///
/// When none is left, `accept` fails, the connection stays in the queue, and NIO tries again at once and for ever (its back-off does not take
/// the descriptor out of epoll). Giving this one up lets the connection be accepted and closed: the client learns it, and nobody spins.
final class SpareDescriptor: Sendable {
    private let descriptor = Mutex<Int32?>(nil)

    init() {
        takeBack()
    }

    deinit { giveUp() }

    /// Whether it is out: who is accepted now must go again.
    var isGivenUp: Bool { descriptor.withLock { $0 == nil } }

    func giveUp() {
        descriptor.withLock { held in
            if let held { close(held) }
            held = nil
        }
    }

    func takeBack() {
        descriptor.withLock { held in
            guard held == nil else { return }
            let opened = open("/dev/null", O_RDONLY | O_CLOEXEC)
            if opened >= 0 { held = opened }
        }
    }
}
