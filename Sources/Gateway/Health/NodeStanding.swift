package import Routing
import Synchronization
package import Vocabulary

/// How a node stands at this moment, for people: its switches first, then rate limits, then its health.
package struct NodeStanding: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case healthy, cooling
        case halfOpen = "half_open"
        case dead, disabled, draining, unknown
    }

    package let state: State
    /// Short and stable: `status_529`, `rate_limited`, `not_sent_refused`; nil where there is nothing to tell.
    package let code: String?
    /// For people, in English; may be empty.
    package let words: String
    /// The end of the cool-down or rate limit.
    package let until: Timestamp?
    /// Its health's last change that is known, else when it was made.
    package let since: Timestamp
    /// In this process.
    package let lastSuccess: Timestamp?
    package let lastProbe: Timestamp?
    package let inFlight: Int
    /// Median of its last requests of the past hour.
    package let firstByteMilliseconds: Int64?
    /// 0–1; nil when its pool doesn't know it.
    package let errorShare: Double?
}

extension Health {
    /// How the nodes of a workspace stand. Memory only.
    package func standings(of workspace: WorkspaceID) -> [NodeID: NodeStanding] {
        let now = now
        let pool = control.snapshot(of: workspace, at: now.moment)?.nodes ?? []
        let known = Dictionary(pool.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return nodes.nodes(of: workspace).reduce(into: [:]) { $0[$1.id] = standing(of: $1, known[$1.id], at: now) }
    }

    private func standing(of node: Node, _ known: NodeSnapshot?, at now: ClockReading) -> NodeStanding {
        let verdict = Self.verdict(on: node, known, at: now)
        let times = state.withLock { ($0.lastSuccess[node.id], $0.lastProbe[node.id], $0.since[node.id]) }
        return NodeStanding(
            state: verdict.state, code: verdict.code, words: verdict.words, until: verdict.until, since: times.2 ?? node.createdAt,
            lastSuccess: [times.0, live.lastCompletion(of: node.id)].compactMap { $0 }.max(), lastProbe: times.1,
            inFlight: known?.inFlight ?? 0,
            firstByteMilliseconds: live.firstByteMedian(of: node.id, after: now.wall - .seconds(3_600)), errorShare: known?.errorRate)
    }

    private struct StandingVerdict {
        var state: NodeStanding.State
        var code: String?
        var words = ""
        var until: Timestamp?
    }

    private static func verdict(on node: Node, _ known: NodeSnapshot?, at now: ClockReading) -> StandingVerdict {
        if !node.isEnabled { return StandingVerdict(state: .disabled) }
        if node.needsCredential {
            return StandingVerdict(state: .dead, code: "credential_needed", words: "its stored credential can't be opened: enter it again")
        }
        if node.isDraining { return StandingVerdict(state: .draining) }
        guard let known else { return StandingVerdict(state: .unknown) }
        var verdict = StandingVerdict(state: .healthy, code: known.reason?.shortCode, words: known.reason?.english ?? "")
        switch known.state {
        case .healthy: break
        case .cooling(let until): (verdict.state, verdict.until) = (.cooling, now.wall(of: until))
        case .halfOpen: verdict.state = .halfOpen
        case .dead: verdict.state = .dead
        }
        // The limit is its provider's, not its fault; but while it lasts nothing goes there.
        guard verdict.state == .healthy, let until = known.rateLimitedUntil else { return verdict }
        return StandingVerdict(
            state: .cooling, code: "rate_limited", words: "its provider's rate limit holds it back", until: now.wall(of: until))
    }
}

extension HealthReason {
    /// What broke it where that is known, else what changed: `status_529`, `credential_refused`, `check_passed`.
    fileprivate var shortCode: String {
        if let death { return death.rawValue }
        guard let cause else { return code.rawValue }
        return switch cause {
        case .status(let status): "status_\(status)"
        case .overloaded: "status_529"
        case .notSent(let kind): "not_sent_\(kind.rawValue)"
        default: cause.code
        }
    }
}
