import Synchronization

/// Whether the house takes requests: what `GET /ready` tells a load balancer.
package final class Readiness: Sendable {
    /// The three times of a server's life.
    package enum Stage: String, Sendable {
        case starting, ready, draining
    }

    private let current = Mutex(Stage.starting)
    /// By which a server knows its own request to itself (`RoundTrip`); nobody else learns it.
    let sign = String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)

    package init() {}

    package var stage: Stage {
        current.withLock { $0 }
    }

    /// The stage when the start is over: who asks in its last milliseconds waits for them instead of being turned away.
    func settled(within patience: Duration = .seconds(1)) async -> Stage {
        let end = ContinuousClock.now + patience
        while stage == .starting, ContinuousClock.now < end, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(2)) }
        return stage
    }

    /// Moves on; nothing leads back from `draining`.
    package func become(_ stage: Stage) {
        current.withLock { if $0 != .draining { $0 = stage } }
    }
}
