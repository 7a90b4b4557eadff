/// The nodes of one workspace and everything that decides which of them a request goes to.
///
/// A value that its owner keeps behind a lock: it has no clock, no randomness and no sockets. Every operation takes time in proportion to
/// the number of nodes at most.
package struct NodePool: Sendable {
    /// An attempt under way.
    struct Open: Sendable {
        let node: NodeID
        let model: String?
        let accessVersion: Int
        /// The member's birth: a node that was removed and put back does not get the old one's results.
        let birth: UInt64
        /// Of the node's health, when it was admitted on trial.
        let trialEpisode: UInt32?
        /// A 404 then says nothing about the model.
        let isForOwner: Bool
    }

    struct RouteKey: Hashable, Sendable {
        let family: RoutedFamily
        let model: String?
    }

    /// A member that serves, and what it calls the model.
    struct Route: Sendable {
        let index: Int
        let model: String?
    }

    private(set) var rules: HealthRules
    var members: [PoolMember] = []
    var places: [NodeID: Int] = [:]
    /// By member, in the same order.
    var births: [UInt64] = []
    var domains = RateDomains()
    var stickiness: Stickiness
    var incidents: ProviderIncidents
    var attempts: [AttemptID: Open] = [:]
    /// Which members serve what: patterns are matched once per model, not per request. Bounded, because clients name models.
    var routes: [RouteKey: [Route]] = [:]
    var counter: UInt64 = 0

    /// - Parameter sessions: how many are remembered at most.
    package init(rules: HealthRules = HealthRules(), sessions: Int = 100_000) {
        self.rules = rules
        stickiness = Stickiness(limit: sessions)
        incidents = ProviderIncidents(window: rules.incidentWindow)
    }

    /// Other numbers from now on; what nodes have done stays counted.
    package mutating func change(rules: HealthRules) {
        self.rules = rules
        for place in members.indices { members[place].health.rules = rules }
    }

    /// Attempts under way, also those at nodes that are gone.
    package var attemptsInFlight: Int { attempts.count }

    mutating func nextNumber() -> UInt64 {
        counter &+= 1
        return counter
    }

    // MARK: Who can be spared

    /// Whether a node may leave because of its failures: never the last one that works, and at most half of a family's living nodes at once
    /// (but one may).
    func maySpare(_ place: Int, at now: Moment) -> Bool {
        let family = members[place].node.family
        var living = 0
        var out = 0
        for member in members where member.node.family == family && member.node.isOn && member.health.phase != .dead {
            living += 1
            if member.health.phase == .out { out += 1 }
        }
        return hasOther(than: place, at: now) && out + 1 <= max(1, living / 2)
    }

    /// Whether a node may be given up. A credential that is refused is a fact about one node, so half of them is no limit; 403 may also be
    /// about what one client sent, and a client must not be able to empty the pool.
    func mayLose(_ place: Int, to cause: DeathCause, at now: Moment) -> Bool {
        guard hasOther(than: place, at: now) else { return false }
        guard cause == .forbidden else { return true }
        let family = members[place].node.family
        let peers = members.filter { $0.node.family == family && $0.node.isOn }
        return peers.count { $0.health.phase == .dead } + 1 <= max(1, peers.count / 2)
    }

    /// Whether another node of the family works and is not held up by a rate limit.
    private func hasOther(than place: Int, at now: Moment) -> Bool {
        members.indices.contains { other in
            other != place && members[other].node.family == members[place].node.family && isSound(members[other], at: now)
        }
    }

    func isSound(_ member: PoolMember, at now: Moment) -> Bool {
        member.node.isOn && member.health.phase == .healthy && !member.health.isKept && domains.cooling(member.domain, at: now) == nil
    }
}
