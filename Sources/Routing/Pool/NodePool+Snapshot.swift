/// A pool as the live view shows it.
package struct PoolSnapshot: Hashable, Sendable {
    /// In the order in which they are configured.
    package let nodes: [NodeSnapshot]
    /// Providers with an incident.
    package let incidents: [String]
    package let attemptsInFlight: Int
}

/// One node of a pool.
package struct NodeSnapshot: Hashable, Sendable {
    package let id: NodeID
    package let state: HealthState
    /// Why it is out, or should be.
    package let reason: HealthReason?
    /// It should be out but can't be spared.
    package let isKept: Bool
    package let inFlight: Int
    /// Of its configured weight, after slow start.
    package let weightPercent: Int
    /// 0–1.
    package let errorRate: Double
    /// Its provider's rate limit; nil when it has room.
    package let rateLimitedUntil: Moment?
    /// Models that it said it does not have.
    package let missingModels: Int
    /// What a check must prove to bring it back; nil when nothing is wrong.
    package let cure: ProbeEvidence?
}

extension NodePool {
    package func snapshot(at now: Moment) -> PoolSnapshot {
        PoolSnapshot(
            nodes: members.map { snapshot(of: $0, at: now) }, incidents: incidents.running.sorted(), attemptsInFlight: attempts.count)
    }

    /// Nil when there is no such node.
    package func snapshot(of node: NodeID, at now: Moment) -> NodeSnapshot? {
        places[node].map { snapshot(of: members[$0], at: now) }
    }

    private func snapshot(of member: PoolMember, at now: Moment) -> NodeSnapshot {
        NodeSnapshot(
            id: member.node.id, state: member.health.state(at: now), reason: member.health.reason, isKept: member.health.isKept,
            inFlight: member.inFlight, weightPercent: member.health.weightPercent(at: now), errorRate: member.health.errorRate,
            rateLimitedUntil: domains.cooling(member.domain, at: now), missingModels: member.missingCount(at: now), cure: member.health.cure
        )
    }
}
