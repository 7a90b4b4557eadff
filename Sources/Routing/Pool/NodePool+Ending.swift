extension NodePool {
    /// An attempt is over: its place is free and its outcome judged. A second end of the same attempt is nothing.
    /// - Returns: what has changed, usually nothing.
    package mutating func ended(
        _ attempt: AttemptID, _ outcome: Outcome, at now: Moment, using random: inout some RandomNumberGenerator
    ) -> [PoolChange] {
        var changes = endIncidents(at: now)
        guard let open = attempts.removeValue(forKey: attempt), let place = places[open.node], births[place] == open.birth else {
            return changes
        }
        members[place].inFlight -= 1
        // What an old address or credential did says nothing about the new one.
        if open.accessVersion == members[place].node.accessVersion {
            changes += judge(Verdict(outcome), of: open, at: place, now, using: &random)
        }
        members[place].health.endTrial(attempt)
        return changes
    }

    private mutating func judge(
        _ verdict: Verdict, of open: Open, at place: Int, _ now: Moment, using random: inout some RandomNumberGenerator
    ) -> [PoolChange] {
        let id = members[place].node.id
        let isTrial = open.trialEpisode == members[place].health.episode
        if verdict.isSuccess { return told(id, members[place].health.succeeded(isTrial: isTrial, at: now)) }
        switch verdict.blame {
        case .nobody, .client: return []
        case .rateDomain(let duration): return cool(place, for: duration, at: now)
        case .model: return open.isForOwner ? [] : miss(open.model, at: place, now)
        case .dead(let cause):
            let mayLeave = mayLose(place, to: cause, at: now)
            return told(id, members[place].health.died(cause, isTrial: isTrial, mayLeave: mayLeave, at: now, using: &random))
        case .node(let cause):
            var changes: [PoolChange] = []
            if cause == .overloaded, isIncident(at: place, now, &changes) { return changes }
            let mayLeave = maySpare(place, at: now)
            return changes
                + told(id, members[place].health.failed(cause, isTrial: isTrial, mayLeave: mayLeave, at: now, using: &random))
        }
    }

    private func told(_ node: NodeID, _ change: HealthChange?) -> [PoolChange] {
        change.map { [.health(node, $0)] } ?? []
    }

    private mutating func cool(_ place: Int, for duration: Duration, at now: Moment) -> [PoolChange] {
        let domain = members[place].domain
        let until = now + duration
        return domains.cool(domain, until: until, at: now) ? [.rateLimited(domain, by: members[place].node.id, until: until)] : []
    }

    private mutating func miss(_ model: String?, at place: Int, _ now: Moment) -> [PoolChange] {
        guard let model, members[place].noteMissing(model, until: now + rules.missingModelTime, at: now) else { return [] }
        return [.modelMissing(members[place].node.id, model: model)]
    }

    // MARK: Incidents

    /// An overload that is the provider's, not the node's.
    private mutating func isIncident(at place: Int, _ now: Moment, _ changes: inout [PoolChange]) -> Bool {
        let node = members[place].node
        let nodes = nodeCount(of: node.provider)
        if incidents.overloaded(node.id, of: node.provider, nodes: nodes, at: now) {
            changes.append(.incidentBegan(provider: node.provider))
        }
        return incidents.isRunning(node.provider, nodes: nodes, at: now)
    }

    private func nodeCount(of provider: String) -> Int {
        members.count { $0.node.provider == provider && $0.node.isOn }
    }

    mutating func endIncidents(at now: Moment) -> [PoolChange] {
        guard !incidents.running.isEmpty else { return [] }
        let nodes = members.map(\.node)
        return incidents.ended(at: now) { provider in nodes.count { $0.provider == provider && $0.isOn } }.map {
            .incidentEnded(provider: $0)
        }
    }

    // MARK: Checks and people

    /// A check has ended.
    /// - Parameter evidence: what it proves if it went well.
    package mutating func probed(
        _ node: NodeID, _ outcome: Outcome, evidence: ProbeEvidence, at now: Moment, using random: inout some RandomNumberGenerator
    ) -> [PoolChange] {
        let changes = endIncidents(at: now)
        guard let place = places[node] else { return changes }
        return changes + judgeCheck(Verdict(outcome), evidence, at: place, now, using: &random)
    }

    private mutating func judgeCheck(
        _ verdict: Verdict, _ evidence: ProbeEvidence, at place: Int, _ now: Moment, using random: inout some RandomNumberGenerator
    ) -> [PoolChange] {
        let id = members[place].node.id
        if verdict.isSuccess { return told(id, members[place].health.checkPassed(evidence, at: now)) }
        switch verdict.blame {
        // The check's own question was wrong, or its model is not there.
        case .nobody, .client, .model: return []
        case .rateDomain(let duration): return cool(place, for: duration, at: now)
        case .dead(let cause):
            let mayLeave = mayLose(place, to: cause, at: now)
            return told(id, members[place].health.died(cause, isTrial: false, mayLeave: mayLeave, at: now, using: &random))
        case .node(let cause):
            var changes: [PoolChange] = []
            if cause == .overloaded, isIncident(at: place, now, &changes) { return changes }
            let mayLeave = maySpare(place, at: now)
            return changes + told(id, members[place].health.checkFailed(cause, mayLeave: mayLeave, at: now, using: &random))
        }
    }

    /// A person puts the node back: dead or cooling, it is healthy again. Its provider's rate limit stays.
    package mutating func revive(_ node: NodeID, at now: Moment) -> [PoolChange] {
        guard let place = places[node] else { return [] }
        return told(node, members[place].health.revive(at: now))
    }
}
