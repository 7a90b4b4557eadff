import Synchronization
package import Vocabulary

/// A clock that stands still until a test moves it.
package final class ManualClock: WallClock {
    private let time: Mutex<Timestamp>

    /// Begins at 2026-11-21T08:00:00Z unless told otherwise.
    package init(_ time: Timestamp = Timestamp(milliseconds: 1_795_248_000_000)) {
        self.time = Mutex(time)
    }

    package func now() -> Timestamp { time.withLock { $0 } }

    /// Moves on by `duration`.
    package func advance(by duration: Duration) {
        time.withLock { $0 = $0 + duration }
    }
}
