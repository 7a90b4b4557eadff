/// One node's health: what its requests and its checks have shown (docs/gateway.md §6).
///
/// It decides nothing about other nodes: whether this one can be spared is said to it (`mayLeave`).
package struct NodeHealth: Hashable, Sendable {
    enum Phase: String, Hashable, Sendable, Codable {
        case healthy
        /// Cooling down until `coolUntil`, half-open after it.
        case out
        case dead
    }

    /// A request on trial.
    struct Trial: Hashable, Sendable {
        let attempt: AttemptID
        /// Then another one may be admitted.
        let until: Moment
    }

    var rules: HealthRules
    var phase = Phase.healthy
    /// Only grows, but for a person's word.
    var coolUntil = Moment(nanoseconds: 0)
    /// Outlives coming and going: only its end, or its time, makes room for another one.
    var trial: Trial?
    /// Why it is out, or should be; nil while all is well.
    package internal(set) var reason: HealthReason?
    /// It should be out but can't be spared.
    package internal(set) var isKept = false
    var errors = ErrorRate()
    var failuresInRow = 0
    var successesInRow = 0
    var failedChecksInRow = 0
    /// How often it has cooled down since it was last sound; the next cool-down's exponent.
    var timesCooled = 0
    var recoveredAt: Moment?
    /// Counts the times it left: what began in an earlier one says nothing about this one.
    var episode: UInt32 = 0

    package init(rules: HealthRules = HealthRules()) {
        self.rules = rules
    }

    /// As it looks at `now`.
    package func state(at now: Moment) -> HealthState {
        switch admission(at: now) {
        case .open: .healthy
        case .trial, .trialBusy: .halfOpen
        case .cooling(let until): .cooling(until: until)
        case .dead: .dead
        }
    }

    func admission(at now: Moment) -> Admission {
        switch phase {
        case .healthy: return .open
        case .dead: return .dead
        case .out:
            if let trial, now < trial.until { return .trialBusy }
            return now < coolUntil ? .cooling(until: coolUntil) : .trial
        }
    }

    /// The failures among the last requests, 0–1.
    package var errorRate: Double { errors.value }

    /// The share of its weight that it gets: 25, 50, 75 or 100 %. Whatever is on trial, or kept for want of others, gets the least.
    package func weightPercent(at now: Moment) -> Int {
        guard phase == .healthy, !isKept else { return 25 }
        guard let recoveredAt else { return 100 }
        let step = rules.slowStart / 3
        let elapsed = recoveredAt.remaining(until: now)
        return elapsed < step ? 25 : elapsed < step * 2 ? 50 : elapsed < rules.slowStart ? 75 : 100
    }

    /// What a check must prove to bring it back; nil when nothing is wrong.
    package var cure: ProbeEvidence? {
        guard phase != .healthy || isKept else { return nil }
        return reason?.death?.cure ?? .reachable
    }

    // MARK: Trials

    /// Lets one request through, also before the cool-down is over where the pool has nothing else.
    mutating func beginTrial(_ attempt: AttemptID, at now: Moment) {
        trial = Trial(attempt: attempt, until: now + rules.trialTime)
    }

    /// The place is free again, whatever came of the request.
    mutating func endTrial(_ attempt: AttemptID) {
        if trial?.attempt == attempt { trial = nil }
    }

    // MARK: Requests

    /// - Parameter isTrial: it was admitted on trial, and since then the node has not cooled down anew.
    mutating func succeeded(isTrial: Bool, at now: Moment) -> HealthChange? {
        switch phase {
        // An answer to a question from before it left.
        case .dead: return nil
        case .out where !isTrial: return nil
        case .out:
            successesInRow += 1
            failedChecksInRow = 0
            return successesInRow >= rules.trialsToHeal ? heal(HealthReason(.trialsPassed, count: successesInRow), at: now) : nil
        case .healthy:
            errors.note(failed: false, at: now)
            failuresInRow = 0
            failedChecksInRow = 0
            successesInRow = min(successesInRow + 1, rules.trialsToHeal)
            if successesInRow >= rules.trialsToHeal { timesCooled = 0 }
            return clearKept()
        }
    }

    mutating func failed(
        _ cause: FailureCause, isTrial: Bool, mayLeave: Bool, at now: Moment, using random: inout some RandomNumberGenerator
    ) -> HealthChange? {
        switch phase {
        case .dead: return nil
        // Late failures of the storm that took it out must not make its cool-down longer.
        case .out: return isTrial ? cool(HealthReason(.trialFailed, cause: cause, count: 1), at: now, using: &random) : nil
        case .healthy:
            errors.note(failed: true, at: now)
            failuresInRow = min(failuresInRow + 1, 1_000_000)
            successesInRow = 0
            guard let reason = reasonToLeave(cause) else { return nil }
            return mayLeave ? cool(reason, at: now, using: &random) : keep(reason)
        }
    }

    private func reasonToLeave(_ cause: FailureCause) -> HealthReason? {
        if failuresInRow >= rules.failureThreshold { return HealthReason(.failuresInRow, cause: cause, count: failuresInRow) }
        guard errors.volume >= rules.minVolume, errors.value >= rules.errorRate else { return nil }
        return HealthReason(.errorRate, cause: cause, count: errors.percent)
    }

    /// Where it can't be spared it is kept; a trial that dies cools down instead, so that it can be tried again.
    mutating func died(
        _ cause: DeathCause, isTrial: Bool, mayLeave: Bool, at now: Moment, using random: inout some RandomNumberGenerator
    ) -> HealthChange? {
        let reason = HealthReason(.died, death: cause)
        switch phase {
        case .dead: return nil
        case .healthy where !mayLeave: return keep(reason)
        case .out where !mayLeave: return isTrial ? cool(reason, at: now, using: &random) : nil
        case .healthy, .out:
            let from = state(at: now)
            leave(to: .dead, reason)
            return HealthChange(from: from, to: .dead, reason: reason)
        }
    }

    // MARK: Coming and going

    mutating func cool(
        _ reason: HealthReason, at now: Moment, using random: inout some RandomNumberGenerator
    ) -> HealthChange {
        let from = state(at: now)
        let cooldown = min(rules.firstCooldown * (1 << min(timesCooled, 10)), rules.longestCooldown)
        coolUntil = max(coolUntil, now + cooldown.jittered(percent: rules.jitterPercent, using: &random))
        timesCooled = min(timesCooled + 1, 10)
        let full = reason.cooling(for: now.remaining(until: coolUntil))
        leave(to: .out, full)
        return HealthChange(from: from, to: .cooling(until: coolUntil), reason: full)
    }

    private mutating func leave(to phase: Phase, _ reason: HealthReason) {
        self.phase = phase
        self.reason = reason
        isKept = false
        successesInRow = 0
        failedChecksInRow = 0
        recoveredAt = nil
        episode &+= 1
    }

    /// Told once, not at every further failure.
    mutating func keep(_ reason: HealthReason) -> HealthChange? {
        let isNews = !isKept || self.reason?.code != reason.code
        isKept = true
        self.reason = reason
        return isNews ? HealthChange(from: .healthy, to: .healthy, reason: reason, isKept: true) : nil
    }

    mutating func clearKept() -> HealthChange? {
        guard isKept else { return nil }
        isKept = false
        reason = nil
        return HealthChange(from: .healthy, to: .healthy, reason: HealthReason(.servedAgain))
    }

    /// How often it had cooled down is remembered until requests, not checks, go well.
    mutating func heal(_ reason: HealthReason, at now: Moment) -> HealthChange {
        let change = HealthChange(from: state(at: now), to: .healthy, reason: reason)
        if reason.code == .trialsPassed { timesCooled = 0 }
        phase = .healthy
        self.reason = nil
        isKept = false
        errors = ErrorRate()
        failuresInRow = 0
        successesInRow = 0
        failedChecksInRow = 0
        recoveredAt = now
        return change
    }
}
