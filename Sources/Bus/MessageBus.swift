import Synchronization
package import Vocabulary

/// What a bell says: something changed; look at the database.
package enum Bell: Hashable, Sendable {
    /// A session ended: signed out, revoked, or its member's role or password changed.
    case sessionEnded(SessionID)
    /// A member's rights changed: every live socket of it must be looked at again.
    case memberChanged(MemberID)
    /// A shop was closed or its public key replaced: its visitors' sockets end.
    case shopClosed(ShopID)
}

/// Carries hints between the parts of the house, and later between instances: never the truth.
///
/// A lost hint makes things slower, never wrong: who listens reads the database.
package protocol MessageBus: Sendable {
    /// Tells everyone who listens; returns at once.
    func ring(_ bell: Bell)
    /// Calls `listener` for every later bell, on the ringer's thread: it must return quickly. Ends when the returned subscription is let go.
    func listen(_ listener: @escaping @Sendable (Bell) -> Void) -> BusSubscription
}

/// Listens as long as it is kept.
package final class BusSubscription: Sendable {
    private let cancel: @Sendable () -> Void

    package init(cancel: @escaping @Sendable () -> Void) {
        self.cancel = cancel
    }

    deinit { cancel() }
}

/// The bus of a single process.
package final class LocalBus: MessageBus {
    private struct Listeners {
        var next = 0
        var byNumber: [Int: @Sendable (Bell) -> Void] = [:]
    }

    private let listeners = Mutex(Listeners())

    package init() {}

    package func ring(_ bell: Bell) {
        // Asked under the lock, told after it.
        let told = listeners.withLock { Array($0.byNumber.values) }
        for listener in told { listener(bell) }
    }

    package func listen(_ listener: @escaping @Sendable (Bell) -> Void) -> BusSubscription {
        let number = listeners.withLock { state in
            state.next += 1
            state.byNumber[state.next] = listener
            return state.next
        }
        return BusSubscription { [weak self] in
            self?.listeners.withLock { _ = $0.byNumber.removeValue(forKey: number) }
        }
    }
}
