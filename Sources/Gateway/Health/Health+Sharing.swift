import Routing
import Synchronization
import Storage
import Vocabulary

extension Health {
    /// Takes over what other instances have learnt of nodes: by the probes that one of them makes for all, by their traffic, and from people.
    ///
    /// Only what another one has written since the last look: what this instance knows better and has not written yet stays.
    func readAgain() async throws {
        try await database.write(
            { (try HealthStore.records(on: $0), try HealthStore.lastTurns(on: $0), try RateLimitStore.limits(on: $0)) },
            committed: { [self] in take($0.0, since: $0.1, limits: $0.2) })
    }

    private func take(
        _ records: [NodeID: HealthRecord], since turns: [NodeID: Timestamp], limits: [WorkspaceID: [RateDomain: Timestamp]]
    ) {
        let now = now
        let news = state.withLock { state in
            let news = records.filter { state.records[$0.key] != $0.value }
            state.records = records
            for node in news.keys { state.since[node] = turns[node] ?? now.wall }
            state.storedLimits = limits
            return news
        }
        for (workspace, nodes) in nodes.all {
            control.restore(rateLimits: limits[workspace] ?? [:], of: workspace, at: now)
            let own = news.filter { id, record in
                nodes.contains { $0.id == id } && control.record(of: id, in: workspace, at: now)?.isSame(as: record) == false
            }
            guard !own.isEmpty else { continue }
            control.restore(own, of: workspace, at: now)
            for node in own.keys { live.nodeChanged(node, in: workspace) }
            control.callNext(in: workspace)
            mark(Set(own.keys), in: workspace, at: now)
        }
    }

    private func mark(_ changed: Set<NodeID>, in workspace: WorkspaceID, at now: ClockReading) {
        let known = control.snapshot(of: workspace, at: now.moment)?.nodes.filter { changed.contains($0.id) } ?? []
        state.withLock { state in
            for node in known { state.schedule.mark(node.id, cure: node.cure, at: now.moment, using: &state.random) }
        }
    }
}

extension HealthRecord {
    /// A healthy node is healthy, whatever it was before; two cool-downs are two.
    fileprivate func isSame(as other: HealthRecord) -> Bool {
        state == other.state && (state == .healthy || state == .dead && reason == other.reason)
    }
}
