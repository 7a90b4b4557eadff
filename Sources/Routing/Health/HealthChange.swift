/// A node's health is another now, or would be if the node could be spared.
package struct HealthChange: Hashable, Sendable {
    package let from: HealthState
    package let to: HealthState
    package let reason: HealthReason
    /// It should be out, but is needed: nothing else is left, or too many are out already.
    package let isKept: Bool

    package init(from: HealthState, to: HealthState, reason: HealthReason, isKept: Bool = false) {
        self.from = from
        self.to = to
        self.reason = reason
        self.isKept = isKept
    }
}
