/// What shares a rate limit: an operator's label, or a node on its own.
package enum RateDomain: Hashable, Sendable {
    case shared(String)
    case node(NodeID)
}

/// Until when each rate domain takes nothing.
package struct RateDomains: Hashable, Sendable {
    private var until: [RateDomain: Moment] = [:]

    package init() {}

    /// Extends what there is, never shortens it: a later answer with a smaller `retry-after` does not undo an earlier one.
    /// - Returns: whether it was open before.
    package mutating func cool(_ domain: RateDomain, until moment: Moment, at now: Moment) -> Bool {
        let before = until[domain]
        until[domain] = max(before ?? moment, moment)
        return before.map { $0 <= now } ?? true
    }

    /// Nil when it is open.
    package func cooling(_ domain: RateDomain, at now: Moment) -> Moment? {
        // By far the most common case, without hashing a label.
        guard !until.isEmpty, let moment = until[domain], moment > now else { return nil }
        return moment
    }

    /// Those that wait now, and until when.
    func cooling(at now: Moment) -> [RateDomain: Moment] { until.filter { $0.value > now } }

    /// Forgets it, when its limit is no longer the same one.
    mutating func forget(_ domain: RateDomain) {
        until[domain] = nil
    }

    /// Forgets those that are over.
    mutating func prune(at now: Moment) {
        until = until.filter { $0.value > now }
    }
}
