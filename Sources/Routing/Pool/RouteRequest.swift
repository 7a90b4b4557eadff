/// What is asked of a pool.
package struct RouteRequest: Sendable {
    package var family: RoutedFamily
    /// As the client names it; nil for operations without a model: every node of the family serves those.
    package var model: String?
    /// Nil: no node is better than another.
    package var session: SessionKey?
    /// How long the prompt cache lives that this request writes or refreshes.
    package var cacheLife: Duration
    /// Nodes that this request has been at.
    package var excluded: [NodeID]
    package var isRetry: Bool
    /// The only node that can answer, because it made what is asked for (a batch, a file). Draining does not matter to it.
    package var owner: NodeID?

    package init(
        family: RoutedFamily, model: String? = nil, session: SessionKey? = nil, cacheLife: Duration = .seconds(300),
        excluded: [NodeID] = [],
        isRetry: Bool = false, owner: NodeID? = nil
    ) {
        self.family = family
        self.model = model
        self.session = session
        self.cacheLife = cacheLife
        self.excluded = excluded
        self.isRetry = isRetry
        self.owner = owner
    }
}
