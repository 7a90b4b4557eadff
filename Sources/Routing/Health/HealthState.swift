/// Whether a node gets requests.
package enum HealthState: Hashable, Sendable {
    case healthy
    /// None until then.
    case cooling(until: Moment)
    /// One at a time, for trial.
    case halfOpen
    /// None until a person or a check says otherwise.
    case dead

    /// `healthy`, `cooling`, `half_open`, `dead`.
    package var name: String {
        switch self {
        case .healthy: "healthy"
        case .cooling: "cooling"
        case .halfOpen: "half_open"
        case .dead: "dead"
        }
    }
}

/// Whether a node's health lets a request through.
enum Admission: Hashable, Sendable {
    case open
    /// As the one request on trial.
    case trial
    /// A trial is under way.
    case trialBusy
    case cooling(until: Moment)
    case dead
}

/// What a check proves, from least to most. What a node is out for decides which proof brings it back.
package enum ProbeEvidence: Int, Hashable, Sendable, Comparable, CaseIterable {
    /// It answers.
    case reachable
    /// It accepts the credential.
    case authorised
    /// It has done paid work.
    case served

    package static func < (left: ProbeEvidence, right: ProbeEvidence) -> Bool { left.rawValue < right.rawValue }
}

extension DeathCause {
    /// Counting tokens is free, so it proves nothing about money.
    package var cure: ProbeEvidence {
        switch self {
        case .credentialRefused, .forbidden: .authorised
        case .paymentRequired, .spendLimit: .served
        }
    }
}
