package import Vocabulary

/// One step of a request's way, in words.
package struct DecisionStep: Hashable, Sendable {
    package let at: Timestamp
    /// For people, in English.
    package let words: String
}

extension RequestDetail {
    /// Why the request went where it went, as far as the ledger tells: nothing of it is stored in words.
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
        guard isFirst else { return "\(attempt.node.name) was tried next\(asked)" }
        return flags.contains(.sticky)
            ? "\(attempt.node.name) was chosen: the session stays with it\(asked)" : "\(attempt.node.name) was chosen\(asked)"
    }

    private func ending(of attempt: AttemptSummary, isLast: Bool) -> String? {
        guard let outcome = attempt.outcome else { return nil }
        guard outcome != "completed" else { return "\(attempt.node.name) answered" }
        let charge = attempt.isChargeSuspected ? ", it may have cost something" : ""
        return "\(attempt.node.name) ended with \(outcome)\(charge)\(isLast ? "" : ": the client saw nothing of it")"
    }

    private var lastSteps: [DecisionStep] {
        let end = summary.at + .milliseconds(summary.durationMilliseconds ?? 0)
        var words: [String] = []
        if flags.contains(.pinged) { words.append("signs of life were sent while the node was silent") }
        if flags.contains(.broken) { words.append("the stream broke after content had gone out: no other node could take over") }
        if flags.contains(.usageDoubtful) { words.append("the node's figures of usage contradict each other") }
        if summary.status == .refused { words.append("the gateway refused it\(summary.code.map { ": \($0)" } ?? "")") }
        if summary.status == .interrupted { words.append("the server ended while it ran") }
        return words.map { DecisionStep(at: end, words: $0) }
    }
}
