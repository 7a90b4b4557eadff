import Synchronization

/// Whether the house takes requests: what `GET /ready` tells a load balancer.
package final class Readiness: Sendable {
    /// The three times of a server's life.
    package enum Stage: String, Sendable {
        case starting, ready, draining
    }

    private let current = Mutex(Stage.starting)

    package init() {}

    package var stage: Stage {
        current.withLock { $0 }
    }

    /// Moves on; nothing leads back from `draining`.
    package func become(_ stage: Stage) {
        current.withLock { if $0 != .draining { $0 = stage } }
    }
}
