// What checks show: they can bring a node back at once, and take it out only after several in a row.

extension NodeHealth {
    /// A check went well. One that proves too little for what is wrong changes nothing.
    mutating func checkPassed(_ evidence: ProbeEvidence, at now: Moment) -> HealthChange? {
        failedChecksInRow = 0
        guard let cure, evidence >= cure else { return nil }
        switch phase {
        case .out, .dead: return heal(HealthReason(.checkPassed), at: now)
        // Its requests fail while its checks go well: only a request shows that this is over.
        case .healthy where reason?.code == .failuresInRow || reason?.code == .errorRate: return nil
        case .healthy: return clearKept()
        }
    }

    /// A check failed. Requests that go well in between count for more: then it is the check that is wrong.
    mutating func checkFailed(
        _ cause: FailureCause, mayLeave: Bool, at now: Moment, using random: inout some RandomNumberGenerator
    ) -> HealthChange? {
        guard phase != .dead else { return nil }
        failedChecksInRow = min(failedChecksInRow + 1, 1_000_000)
        let reason = HealthReason(.checksFailed, cause: cause, count: failedChecksInRow)
        switch admission(at: now) {
        // A request finds out just now, and knows better.
        case .trialBusy: return nil
        case .trial: return cool(reason, at: now, using: &random)
        case .open, .cooling, .dead: break
        }
        guard failedChecksInRow >= rules.failureThreshold else { return nil }
        return phase == .out || mayLeave ? cool(reason, at: now, using: &random) : keep(reason)
    }

    /// A person says that it works: everything that was held against it is forgotten, also the cool-down that else only grows.
    mutating func revive(at now: Moment) -> HealthChange? {
        defer {
            timesCooled = 0
            coolUntil = Moment(nanoseconds: 0)
            failuresInRow = 0
            failedChecksInRow = 0
        }
        guard phase != .healthy || isKept else { return nil }
        return heal(HealthReason(.revived), at: now)
    }
}
