import Routing
package import Vocabulary

/// One step of a request's way, in words.
package struct DecisionStep: Hashable, Sendable {
    package let at: Timestamp
    /// For people, in English.
    package let words: String
}

extension RequestDetail {
    /// What the dispatch decided, step by step, from the reasons that it wrote down: nothing of it is stored in words.
    package var decision: [DecisionStep] {
        var steps: [DecisionStep] = []
        if flags.contains(.queued) { steps.append(DecisionStep(at: summary.at, words: "no node was free: it waited in the queue")) }
        for (index, attempt) in tries.enumerated() {
            steps.append(DecisionStep(at: attempt.at, words: choice(of: attempt, isFirst: index == 0)))
            if let words = ending(of: attempt, isLast: index == tries.count - 1) {
                steps.append(DecisionStep(at: attempt.at + .milliseconds(attempt.milliseconds ?? 0), words: words))
            }
        }
        return steps + lastSteps
    }

    private func choice(of attempt: AttemptSummary, isFirst: Bool) -> String {
        let asked = attempt.mappedModel == summary.model || attempt.mappedModel.isEmpty ? "" : ", asked for \(attempt.mappedModel)"
        // Of requests from before reasons were written down only the session is known.
        let reason = attempt.reason ?? (isFirst && flags.contains(.sticky) ? .session : nil)
        let why = reason.map { ": \($0.words)" } ?? ""
        return "\(attempt.node.name) was \(isFirst ? "chosen" : "tried next")\(why)\(asked)"
    }

    private func ending(of attempt: AttemptSummary, isLast: Bool) -> String? {
        guard let outcome = attempt.outcome else { return nil }
        guard outcome != "completed" else { return "\(attempt.node.name) answered" }
        let charge = attempt.isChargeSuspected ? ", it may have cost something" : ""
        return "\(attempt.node.name) ended with \(outcome)\(charge)\(isLast ? "" : ": the client saw nothing of it")"
    }

    private var lastSteps: [DecisionStep] {
        let end = summary.at + .milliseconds(summary.durationMilliseconds ?? 0)
        var words = Self.stops.filter { flags.contains($0.flag) }.map(\.words)
        if flags.contains(.pinged) { words.append("signs of life were sent while the node was silent") }
        if flags.contains(.broken) { words.append("the stream broke after content had gone out: no other node could take over") }
        if flags.contains(.usageDoubtful) { words.append("the node's figures of usage contradict each other") }
        if summary.isUnpriced, flags.tier != .standard {
            words.append("it was served in the tier \(flags.tier.rawValue), for which no price is known")
        }
        if summary.status == .refused { words.append("the gateway refused it\(summary.code.map { ": \($0)" } ?? "")") }
        if summary.status == .interrupted { words.append("the server ended while it ran") }
        return words.map { DecisionStep(at: end, words: $0) }
    }

    /// Why no further node was tried.
    private static let stops: [(flag: RequestFlags, words: String)] = [
        (.triesSpent, "no further node was tried: it had had all the tries that one request may have"),
        (.retryBudgetSpent, "no further node was tried: the budget for repeating what may have been charged was used up"),
        (.tooLate, "no further node was tried: it was too late for another try"),
        (.noOtherNode, "no further node was tried: no other could take it"),
        (.notRepeatable, "no further node was tried: what it asks for must not be asked twice"),
    ]
}

extension PickReason {
    /// For people, in English.
    fileprivate var words: String {
        switch self {
        case .session: "the session stays with it, it holds its prompt cache"
        case .sameCache: "it shares the prompt cache of the session's node"
        case .leastLoaded: "the less busy of two"
        case .onlyChoice: "nothing else was free in the best priority"
        case .trial: "it comes back from a cool-down, and this request tries it"
        case .lastResort: "all nodes cool down, and this request tries one rather than being refused"
        case .owner: "it keeps what the request is about"
        }
    }
}
