/// How much of a request a node may have done (docs/gateway.md §5).
package enum Certainty: String, Hashable, Sendable, CaseIterable {
    /// Nothing went out.
    case notSent
    /// A complete error before any success: nothing was done.
    case rejected
    /// Sent, then nothing, or too late: it may be done and billed.
    case possiblyAccepted
    /// Begun, but the client has seen nothing of it.
    case started
    /// The client has seen content: no other node may take over.
    case committed
}

/// Whose fault an outcome is.
package enum Blame: Hashable, Sendable {
    case nobody
    /// The same request fails everywhere.
    case client
    case node(FailureCause)
    /// The provider's rate limit, for so long.
    case rateDomain(Duration)
    /// The node does not have this model.
    case model
    /// The node won't work again by itself.
    case dead(DeathCause)
}

/// What follows from an attempt's outcome: a pure table (docs/gateway.md §5, §6).
package struct Verdict: Hashable, Sendable {
    package let certainty: Certainty
    /// Whether another node may be tried, within the limits on attempts.
    package let mayGoOn: Bool
    package let blame: Blame
    package let isSuccess: Bool

    /// Going on costs retry budget, except where nothing was sent.
    package var spendsRetryBudget: Bool { certainty != .notSent }

    /// The node may bill what nobody got: such attempts are marked in the ledger.
    package var isChargeSuspected: Bool { certainty == .possiblyAccepted || certainty == .started }

    package init(_ outcome: Outcome) {
        switch outcome {
        case .notSent(let kind):
            self.init(.notSent, goesOn: true, kind == .stale || kind == .local ? .nobody : .node(.notSent(kind)))
        case .status(let status, let type, let code, let retryAfter, let hadContent):
            self.init(StatusVerdict(status, type: type, code: code, retryAfter: retryAfter), hadContent: hadContent)
        case .brokeBeforeHead: self.init(.possiblyAccepted, goesOn: true, .node(.brokeBeforeHead))
        case .firstByteTimeout: self.init(.possiblyAccepted, goesOn: true, .node(.firstByteTimeout))
        case .earlyStreamError(let type):
            let blame = StatusVerdict.blame(ofStreamError: type)
            self.init(.started, goesOn: blame != .client, blame)
        case .brokeBeforeContent: self.init(.started, goesOn: true, .node(.broke))
        case .brokeAfterContent: self.init(.committed, goesOn: false, .node(.broke))
        case .silence: self.init(.committed, goesOn: false, .node(.silence))
        case .completed: self.init(.committed, goesOn: false, .nobody, isSuccess: true)
        case .clientLeft: self.init(.possiblyAccepted, goesOn: false, .nobody)
        }
    }

    private init(_ certainty: Certainty, goesOn: Bool, _ blame: Blame, isSuccess: Bool = false) {
        self.certainty = certainty
        mayGoOn = goesOn
        self.blame = blame
        self.isSuccess = isSuccess
    }

    private init(_ verdict: StatusVerdict, hadContent: Bool) {
        let isCommitted = hadContent || verdict.isSuccess
        self.init(
            isCommitted ? .committed : .rejected, goesOn: verdict.goesOn && !isCommitted, verdict.blame, isSuccess: verdict.isSuccess)
    }

    /// Which of several upstream errors the client should see when nothing is left: the lowest. 429 < 529 < 5xx < 408, 409 < 404 < 403 <
    /// 402 < 401 < anything else, which is our own to explain.
    package static func rank(ofStatus status: Int) -> Int {
        switch status {
        case 429: 0
        case 529: 1
        case 500...599: 2
        case 408, 409: 3
        case 404: 4
        case 403: 5
        case 402: 6
        case 401: 7
        default: 8
        }
    }
}
