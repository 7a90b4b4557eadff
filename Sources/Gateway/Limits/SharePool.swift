import Routing
import Vocabulary

/// What an instance asks of the database for one key.
struct ShareAsk: Sendable {
    let key: KeyID
    let allowance: KeyAllowance
    let parts: [SharedLimit: LimitPart]
    /// Of those who wait, in their order.
    let needs: [ShareNeed]
}

/// What came of it.
struct ShareAnswer: Sendable {
    /// As it is written now.
    var parts: [SharedLimit: LimitPart]
    /// For each who waits: nil, or the limit that has no room, and whether there may be some in a moment.
    var refused: [(SharedLimit, hope: ShareHope)?]
    var isTight: Bool
}

/// Whether a limit without room may have some in a moment.
enum ShareHope: Sendable {
    case none
    /// Others hold enough of it for requests that run, as far as they have told.
    case running
    /// Others hold enough of it that they don't use.
    case idle
}

/// Divides what is left of a key's limits. A value without I/O, of one moment inside a transaction.
struct SharePool {
    /// What other instances have of one limit.
    struct Others: Hashable {
        /// Spent, and held by running requests.
        var used: Int64 = 0
        /// Of that, what running requests hold.
        var held: Int64 = 0
        /// Given to them and not used.
        var idle: Int64 = 0
    }

    let others: [SharedLimit: Others]

    func answer(_ ask: ShareAsk) -> ShareAnswer {
        var answer = ShareAnswer(parts: ask.parts, refused: [], isTight: false)
        // Freed by what this very ask has not used.
        var idle = ask.parts.mapValues(\.idle)
        for need in ask.needs { answer.refused.append(take(need, ask, from: &idle, into: &answer)) }
        answer.isTight = SharedLimit.allCases.contains { limit in
            limit.amount(in: ask.allowance).map { free(limit, $0, answer) <= $0 / 2 } ?? false
        }
        if !ask.needs.isEmpty, !answer.isTight { giveAhead(ask, &answer) }
        return answer
    }

    private func free(_ limit: SharedLimit, _ amount: Int64, _ answer: ShareAnswer) -> Int64 {
        let others = others[limit] ?? Others()
        return amount - others.used - others.idle - (answer.parts[limit]?.granted ?? 0)
    }

    private func take(
        _ need: ShareNeed, _ ask: ShareAsk, from idle: inout [SharedLimit: Int64], into answer: inout ShareAnswer
    ) -> (SharedLimit, hope: ShareHope)? {
        for limit in SharedLimit.allCases {
            guard let amount = limit.amount(in: ask.allowance) else { continue }
            let wanted = limit.amount(of: need, limit: amount)
            let lacking = wanted - (idle[limit] ?? 0) - free(limit, amount, answer)
            guard wanted > 0, lacking > 0 else { continue }
            let others = others[limit] ?? Others()
            return (limit, lacking <= others.idle ? .idle : lacking <= others.idle + others.held ? .running : .none)
        }
        for limit in SharedLimit.allCases {
            guard let amount = limit.amount(in: ask.allowance) else { continue }
            let wanted = limit.amount(of: need, limit: amount)
            let own = min(wanted, idle[limit] ?? 0)
            idle[limit, default: 0] -= own
            answer.parts[limit]?.granted += wanted - own
        }
        return nil
    }

    /// An eighth of what is free goes along for the requests to come, while there is plenty.
    private func giveAhead(_ ask: ShareAsk, _ answer: inout ShareAnswer) {
        for limit in SharedLimit.allCases {
            guard let amount = limit.amount(in: ask.allowance) else { continue }
            let ahead = max(0, free(limit, amount, answer) / 8)
            answer.parts[limit]?.granted += ahead
        }
    }
}
