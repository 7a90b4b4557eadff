/// What others want to know: the live view, the history, the log; and what has to be stored.
package enum PoolChange: Hashable, Sendable {
    case health(NodeID, HealthChange)
    /// All nodes of the domain wait.
    case rateLimited(RateDomain, by: NodeID, until: Moment)
    case modelMissing(NodeID, model: String)
    case incidentBegan(provider: String)
    case incidentEnded(provider: String)
}
