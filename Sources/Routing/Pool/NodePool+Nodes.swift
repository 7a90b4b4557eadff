package import Vocabulary

extension NodePool {
    /// The nodes as they are configured now. Health, counts and sessions stay by id; a changed address or credential makes a node new; what
    /// is gone is forgotten. Of two nodes with one id the first counts.
    package mutating func replace(nodes: [RoutedNode], at now: Moment) -> [PoolChange] {
        let before = (members: members, births: births, places: places)
        var changes: [PoolChange] = []
        (members, births, places, routes) = ([], [], [:], [:])
        for node in nodes where places[node.id] == nil {
            places[node.id] = members.count
            if let place = before.places[node.id] {
                births.append(before.births[place])
                members.append(carried(before.members[place], to: node, at: now, &changes))
            } else {
                births.append(nextNumber())
                members.append(PoolMember(node, health: NodeHealth(rules: rules)))
            }
        }
        incidents.keep(Set(places.keys))
        domains.prune(at: now)
        return changes + endIncidents(at: now)
    }

    private mutating func carried(_ member: PoolMember, to node: RoutedNode, at now: Moment, _ changes: inout [PoolChange]) -> PoolMember {
        guard member.node.accessVersion != node.accessVersion else { return member.updated(to: node) }
        let state = member.health.state(at: now)
        if state != .healthy || member.health.isKept {
            changes.append(.health(node.id, HealthChange(from: state, to: .healthy, reason: HealthReason(.accessChanged))))
        }
        // Another account has limits of its own; a label that several share stays closed.
        domains.forget(.node(node.id))
        var fresh = PoolMember(node, health: NodeHealth(rules: rules))
        fresh.inFlight = member.inFlight
        return fresh
    }

    // MARK: What outlives the process

    /// Nil when there is no such node.
    package func record(of node: NodeID, at now: ClockReading) -> HealthRecord? {
        guard let place = places[node] else { return nil }
        return members[place].health.record(accessVersion: members[place].node.accessVersion, at: now)
    }

    /// Takes up what an earlier process knew. Records of other nodes, and of another address or credential, are passed over.
    package mutating func restore(_ records: [NodeID: HealthRecord], at now: ClockReading) {
        for (id, record) in records {
            guard let place = places[id], members[place].node.accessVersion == record.accessVersion else { continue }
            members[place].health = NodeHealth(record, rules: rules, at: now)
        }
    }

    /// The rate limits that still hold: `retry-after` counts over a restart too, because asking earlier fails and may lengthen it.
    package func rateLimits(at now: ClockReading) -> [RateDomain: Timestamp] {
        domains.cooling(at: now.moment).mapValues { now.wall(of: $0) }
    }

    /// Takes up what an earlier process was told. Nodes that are gone are passed over; a time that no single answer can set is a wall clock's
    /// error and brought into range.
    package mutating func restore(rateLimits: [RateDomain: Timestamp], at now: ClockReading) {
        let longest = Duration.seconds(StatusVerdict.longestRetryAfter)
        for (domain, until) in rateLimits {
            if case .node(let id) = domain, places[id] == nil { continue }
            _ = domains.cool(domain, until: now.moment(of: until, within: longest), at: now.moment)
        }
    }
}
