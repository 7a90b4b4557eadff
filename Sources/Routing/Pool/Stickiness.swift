/// A session of one workspace and model, as a hash: it is only good for finding its node again in this process.
package struct SessionKey: Hashable, Sendable {
    private let hash: Int

    /// Two sessions that share a hash share a node, which harms neither.
    /// - Parameters:
    ///   - session: `x-claude-code-session-id`, `metadata.user_id` or the conversation's fingerprint.
    ///   - model: as the client names it: caches are per model.
    package init(_ session: some Hashable, model: String) {
        var hasher = Hasher()
        hasher.combine(session)
        hasher.combine(model)
        hash = hasher.finalize()
    }
}

/// Which node holds a session's prompt cache, for as long as the cache lives.
///
/// Bounded: sessions are kept in two generations, and when the young one is full the old one goes. So every operation is O(1), nothing is
/// ever searched for what to forget, and what goes is older than all that stays.
package struct Stickiness: Sendable {
    private struct Pin {
        var node: NodeID
        var until: Moment
    }

    /// Entries of one generation.
    private let share: Int
    private var young: [SessionKey: Pin] = [:]
    private var old: [SessionKey: Pin] = [:]

    /// - Parameter limit: sessions at most, 2 or more.
    package init(limit: Int = 100_000) {
        share = max(1, limit / 2)
    }

    /// Entries, also those whose time is over.
    package var count: Int { young.count + old.count }

    /// Nil when there is none or its cache is dead.
    package func node(of session: SessionKey, at now: Moment) -> NodeID? {
        guard let pin = young[session] ?? old[session], pin.until > now else { return nil }
        return pin.node
    }

    /// Sends the session's next requests to `node`. The cache of a node lives for the longest life that any request gave it.
    package mutating func pin(_ session: SessionKey, to node: NodeID, for life: Duration, at now: Moment) {
        var until = now + life
        if let pin = young[session] ?? old[session], pin.node == node { until = max(until, pin.until) }
        if young.count >= share, young[session] == nil {
            old = young
            young = [:]
        }
        old[session] = nil
        young[session] = Pin(node: node, until: until)
    }
}
