/// Why a node's health is what it is: a code and the facts, from which each language makes its sentence.
package struct HealthReason: Hashable, Sendable, Codable {
    package enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        case failuresInRow = "failures_in_row"
        case errorRate = "error_rate"
        case checksFailed = "checks_failed"
        case trialFailed = "trial_failed"
        case died
        case trialsPassed = "trials_passed"
        case checkPassed = "check_passed"
        case servedAgain = "served_again"
        case revived
        case accessChanged = "access_changed"
    }

    package let code: Code
    /// The last failure, where failures are the reason.
    package let cause: FailureCause?
    /// With `died`.
    package let death: DeathCause?
    /// How many failures; with `error_rate` the per cent of them.
    package let count: Int
    /// How long the node cools down; zero where it does not.
    package let cooldownSeconds: Int

    package init(_ code: Code, cause: FailureCause? = nil, death: DeathCause? = nil, count: Int = 0, cooldownSeconds: Int = 0) {
        self.code = code
        self.cause = cause
        self.death = death
        self.count = count
        self.cooldownSeconds = cooldownSeconds
    }

    func cooling(for duration: Duration) -> HealthReason {
        HealthReason(code, cause: cause, death: death, count: count, cooldownSeconds: Int(clamping: duration.wholeSecondsRoundedUp))
    }
}
