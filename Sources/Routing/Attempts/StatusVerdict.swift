/// What a status says, before it is known whether the client had seen content.
struct StatusVerdict {
    let goesOn: Bool
    let blame: Blame
    let isSuccess: Bool

    /// Without `retry-after`.
    static let defaultRetryAfter = 30
    /// A node can't close its rate domain for longer than this with one answer.
    static let longestRetryAfter = 86_400

    init(_ status: Int, type: String?, code: String?, retryAfter: Int?) {
        // 304 answers a condition of the client's own.
        isSuccess = (200...299).contains(status) || status == 304
        switch status {
        case 200...299, 304: (goesOn, blame) = (false, .nobody)
        case 401: (goesOn, blame) = (true, .dead(.credentialRefused))
        case 402: (goesOn, blame) = (true, .dead(.paymentRequired))
        case 403: (goesOn, blame) = (true, .dead(.forbidden))
        case 404: (goesOn, blame) = (true, .model)
        case 408, 409: (goesOn, blame) = (true, .nobody)
        case 429: (goesOn, blame) = (true, Self.blame(of429: [type, code], retryAfter: retryAfter))
        case 529: (goesOn, blame) = (true, .node(.overloaded))
        case 400...499: (goesOn, blame) = (false, .client)
        // 5xx; a redirect, which no node may send us to follow; and what is no final status at all.
        default: (goesOn, blame) = (true, .node(.status(status)))
        }
    }

    /// A spend limit is not a rate: Anthropic's won't lift before the next month and has no `retry-after`; OpenAI has its own code for it.
    private static func blame(of429 names: [String?], retryAfter: Int?) -> Blame {
        if names.contains(where: { $0 == "enforced_spend_limit_reached" || $0 == "insufficient_quota" }) { return .dead(.spendLimit) }
        return .rateDomain(.seconds(min(max(retryAfter ?? defaultRetryAfter, 1), longestRetryAfter)))
    }

    /// An error in a stream means what the status of its type would have (Anthropic's and OpenAI's error types).
    static func blame(ofStreamError type: String?) -> Blame {
        switch type {
        case "invalid_request_error", "request_too_large": .client
        case "overloaded_error": .node(.overloaded)
        case "rate_limit_error": .rateDomain(.seconds(defaultRetryAfter))
        case "authentication_error": .dead(.credentialRefused)
        case "billing_error": .dead(.paymentRequired)
        case "permission_error": .dead(.forbidden)
        case "not_found_error": .model
        default: .node(.streamError)
        }
    }
}
