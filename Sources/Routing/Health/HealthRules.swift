/// The numbers of docs/gateway.md §6.
package struct HealthRules: Hashable, Sendable {
    /// Failures in a row, of requests or of checks, that take a node out.
    package var failureThreshold = 3
    /// The error rate that takes a node out, 0–1, and the requests that must have been seen.
    package var errorRate = 0.5
    package var minVolume = 10
    /// The first cool-down; each further one in a row is twice as long.
    package var firstCooldown: Duration = .seconds(10)
    package var longestCooldown: Duration = .seconds(300)
    package var jitterPercent: Int64 = 20
    /// Trials in a row that heal.
    package var trialsToHeal = 3
    /// After this a trial that has not ended no longer keeps others from trying: a long stream would, and so would a slot that got lost.
    package var trialTime: Duration = .seconds(60)
    /// From a quarter of the weight to all of it.
    package var slowStart: Duration = .seconds(30)
    /// For how long a model that a node does not have is not asked of it.
    package var missingModelTime: Duration = .seconds(600)
    /// The window in which overloads of several nodes are one incident of their provider.
    package var incidentWindow: Duration = .seconds(30)

    package init() {}
}
