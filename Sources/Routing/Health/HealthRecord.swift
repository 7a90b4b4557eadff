package import Vocabulary

/// What of a node's health outlives the process: without it a restart would send requests to nodes that are known to be dead.
package struct HealthRecord: Hashable, Sendable, Codable {
    package enum State: String, Hashable, Sendable, Codable {
        case healthy
        /// Cooling down, or past that and waiting for its trial.
        case out
        case dead
    }

    package let state: State
    /// With `out`.
    package let until: Timestamp?
    /// The next cool-down's exponent, 0–10.
    package let timesCooled: Int
    package let reason: HealthReason?
    /// `RoutedNode.accessVersion` that this was learnt about.
    package let accessVersion: Int

    package init(state: State, until: Timestamp?, timesCooled: Int, reason: HealthReason?, accessVersion: Int) {
        self.state = state
        self.until = until
        self.timesCooled = timesCooled
        self.reason = reason
        self.accessVersion = accessVersion
    }
}

extension NodeHealth {
    package func record(accessVersion: Int, at now: ClockReading) -> HealthRecord {
        let state: HealthRecord.State =
            switch phase {
            case .healthy: .healthy
            case .out: .out
            case .dead: .dead
            }
        return HealthRecord(
            state: state, until: phase == .out ? now.wall(of: coolUntil) : nil, timesCooled: timesCooled,
            reason: phase == .healthy ? nil : reason, accessVersion: accessVersion)
    }

    /// Takes up what an earlier process knew. A cool-down that has passed is followed by a trial, as ever.
    package init(_ record: HealthRecord, rules: HealthRules = HealthRules(), at now: ClockReading) {
        self.init(rules: rules)
        timesCooled = min(max(record.timesCooled, 0), 10)
        switch record.state {
        case .healthy: break
        case .dead:
            phase = .dead
            reason = record.reason
        case .out:
            phase = .out
            reason = record.reason
            // No cool-down is longer than this, so a later time is a wall clock's error.
            let longest = rules.longestCooldown + rules.longestCooldown / 5
            coolUntil = record.until.map { now.moment(of: $0, within: longest) } ?? now.moment
        }
    }
}
