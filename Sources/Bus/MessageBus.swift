import Synchronization

/// Carries hints between the parts of the house and between its instances: never the truth.
///
/// A lost hint makes things slower, never wrong: who listens reads the database.
package protocol MessageBus: Sendable {
    /// Tells everyone who listens, here at once and on the ringer's thread, elsewhere as soon as it gets there; returns at once.
    func ring(_ bell: Bell)

    /// Calls `listener` for every later bell: it must return quickly, for it runs on the ringer's thread or on an event loop.
    ///
    /// The second argument is true when the bell was rung in this process. A `lookAgain` that the bus rings by itself is nobody's own.
    /// Ends when the returned subscription is let go.
    func listen(_ listener: @escaping @Sendable (Bell, _ isOwn: Bool) -> Void) -> BusSubscription
}

/// Listens as long as it is kept.
package final class BusSubscription: Sendable {
    private let cancel: @Sendable () -> Void

    package init(cancel: @escaping @Sendable () -> Void) {
        self.cancel = cancel
    }

    deinit { cancel() }
}

/// Who listens in this process: what every bus is made of.
package final class BellListeners: Sendable {
    private struct State {
        var next = 0
        var byNumber: [Int: @Sendable (Bell, Bool) -> Void] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Calls all of them on this thread.
    package func tell(_ bell: Bell, isOwn: Bool) {
        // Asked under the lock, told after it.
        let told = state.withLock { Array($0.byNumber.values) }
        for listener in told { listener(bell, isOwn) }
    }

    /// As `MessageBus.listen`.
    package func add(_ listener: @escaping @Sendable (Bell, _ isOwn: Bool) -> Void) -> BusSubscription {
        let number = state.withLock { state in
            state.next += 1
            state.byNumber[state.next] = listener
            return state.next
        }
        return BusSubscription { [weak self] in
            self?.state.withLock { _ = $0.byNumber.removeValue(forKey: number) }
        }
    }
}
