/// A pool's answer to "which node?".
package enum Pick: Hashable, Sendable {
    /// Counted in flight, admitted on trial if it is one: `NodePool.ended` gives both back.
    case node(Assignment)
    /// None now. `until`: the earliest known time at which there may be one; nil: whenever a request ends.
    case wait(until: Moment?, WaitReason)
    case unserved(Unserved)
}

/// A node for one attempt.
package struct Assignment: Hashable, Sendable {
    package let attempt: AttemptID
    package let node: RoutedNode
    /// The name to tell the node; nil where the request has none.
    package let model: String?
    package let reason: PickReason

    package init(attempt: AttemptID, node: RoutedNode, model: String?, reason: PickReason) {
        self.attempt = attempt
        self.node = node
        self.model = model
        self.reason = reason
    }
}

/// Why this node.
package enum PickReason: String, Hashable, Sendable, Codable, CaseIterable {
    /// It holds the session's prompt cache.
    case session
    /// Its prompt cache is shared with the session's node, which can't take the request.
    case sameCache = "same_cache"
    /// The less busy of two.
    case leastLoaded = "least_loaded"
    /// Nothing else in the best priority.
    case onlyChoice = "only_choice"
    /// It comes back from a cool-down and is tried.
    case trial
    /// Everything cools down: one request tries rather than being refused.
    case lastResort = "last_resort"
    /// It made what is asked for.
    case owner
}

/// Why none now. The first that is true of any node that could serve.
package enum WaitReason: String, Hashable, Sendable, Codable, CaseIterable {
    /// At its limit of requests at once, or its trial is under way.
    case busy
    /// Cooling down, or over its provider's rate limit.
    case cooling
    /// Out until a person or a check says otherwise.
    case dead
    /// Switched off or draining.
    case off
    /// This request has been at all of them.
    case exhausted
}

/// Why none ever.
package enum Unserved: String, Hashable, Sendable, Codable, CaseIterable {
    /// No node speaks this protocol.
    case family
    /// No node has this model.
    case model
    /// The node that made what is asked for is gone.
    case owner
}
