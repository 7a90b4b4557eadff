import ModelProtocol
import NIOCore
import NIOHTTP1
import Routing

/// An answer of our own to a client of the models: what docs/gateway.md section 9 lists.
struct Refusal: Hashable, Sendable {
    let status: HTTPResponseStatus
    /// Anthropic's word for the kind; OpenAI's clients read it as well.
    let type: String
    /// Stable: clients, ledger and tests compare it.
    let code: String
    /// What happened and what to do, in English as all of these protocols' errors are.
    let message: String
    /// Whole seconds.
    var retryAfter: Int64?

    private init(_ status: Int, _ type: String, _ code: String, _ message: String, retryAfter: Int64? = nil) {
        self.status = HTTPResponseStatus(statusCode: status)
        self.type = type
        self.code = "gateway." + code
        self.message = message
        self.retryAfter = retryAfter
    }

    func response(for family: ModelFamily, requestID: String) -> (head: HTTPResponseHead, body: ByteBuffer) {
        let envelope = ErrorEnvelope(type: type, message: message, code: code, requestID: requestID)
        let body = ByteBuffer(bytes: envelope.body(for: family))
        var headers: HTTPHeaders = [
            "content-type": "application/json", "content-length": "\(body.readableBytes)", "request-id": requestID,
            "x-switchboard-code": code,
        ]
        if let retryAfter { headers.add(name: "retry-after", value: "\(retryAfter)") }
        return (HTTPResponseHead(version: .http1_1, status: status, headers: headers), body)
    }

    /// As the last event of a stream that has begun.
    func event(for family: ModelFamily, requestID: String) -> ByteBuffer {
        ByteBuffer(bytes: ErrorEnvelope(type: type, message: message, code: code, requestID: requestID).event(for: family))
    }
}

// Who asks, and whether it may.
extension Refusal {
    static let keyMissing = Refusal(
        401, "authentication_error", "key_missing", "No key: send one of this gateway as x-api-key or as Authorization: Bearer.")
    static let keyUnknown = Refusal(
        401, "authentication_error", "key_unknown", "This key is not one of this gateway, or it was revoked: ask for a new one.")
    static let keyExpired = Refusal(401, "authentication_error", "key_expired", "This key has expired: ask for a new one.")

    static func scopeMissing(_ scope: ModelScope) -> Refusal {
        Refusal(403, "permission_error", "scope_missing", "This key may not be used for \(scope.rawValue).")
    }

    static func modelForbidden(_ model: String) -> Refusal {
        Refusal(403, "permission_error", "model_forbidden", "This key may not use the model \(model).")
    }

    static func limited(_ refusal: LimitRefusal, retryAfter: Int64) -> Refusal {
        switch refusal.kind {
        case .requestsPerMinute: rate("requests_per_minute", "This key has used its requests for this minute.", retryAfter)
        case .tokensPerMinute: rate("tokens_per_minute", "This key has used its tokens for this minute.", retryAfter)
        case .concurrency: rate("concurrency", "This key already runs as many requests as it may.", retryAfter)
        case .budgetDay: money("budget_day", "This key has spent its money for this day (UTC).", retryAfter)
        case .budgetMonth: money("budget_month", "This key has spent its money for this month (UTC).", retryAfter)
        }
    }

    private static func rate(_ code: String, _ message: String, _ retryAfter: Int64) -> Refusal {
        Refusal(429, "rate_limit_error", code, "\(message) Try again in \(retryAfter) s.", retryAfter: retryAfter)
    }

    /// Without `retry-after`: clients would sit it out for hours instead of saying so.
    private static func money(_ code: String, _ message: String, _ seconds: Int64) -> Refusal {
        Refusal(402, "billing_error", code, "\(message) It starts anew in \(seconds / 60 + 1) minutes.")
    }
}

// What is asked.
extension Refusal {
    static let pathUnknown = Refusal(404, "not_found_error", "path_unknown", "There is nothing at this path of the gateway.")
    static let ownerUnknown = Refusal(
        404, "not_found_error", "owner_unknown", "No such object was made through this gateway by your workspace.")

    static func bodyTooLarge(limit: Int) -> Refusal {
        Refusal(413, "request_too_large", "body_too_large", "The body may have at most \(limit) bytes.")
    }

    static func bodyMalformed(_ error: RequestScanError) -> Refusal {
        Refusal(400, "invalid_request_error", "body_malformed", error.message)
    }

    static func modelUnknown(_ model: String) -> Refusal {
        Refusal(404, "not_found_error", "model_unknown", "No node of this workspace serves the model \(model).")
    }

    static func familyUnserved(_ family: ModelFamily) -> Refusal {
        Refusal(
            400, "invalid_request_error", "family_unserved",
            "No node of this workspace speaks \(family == .anthropic ? "Anthropic's" : "OpenAI's") protocol, and the gateway does not translate yet."
        )
    }
}

// Whether anybody can answer.
extension Refusal {
    /// All cool down: the true time of the first that comes back.
    static func cooling(retryAfter: Int64) -> Refusal {
        Refusal(
            429, "rate_limit_error", "nodes_unavailable", "All nodes for this request cool down. Try again in \(retryAfter) s.",
            retryAfter: retryAfter)
    }

    static func unavailable(_ family: ModelFamily) -> Refusal {
        overloaded(family, "nodes_unavailable", "No node can take this request now.")
    }

    static func queueFull(_ family: ModelFamily) -> Refusal {
        overloaded(family, "queue_full", "All nodes are busy, and as many requests as may wait for them already do.")
    }

    static func queueTimeout(_ family: ModelFamily) -> Refusal {
        overloaded(family, "queue_timeout", "All nodes were busy for as long as a request may wait.")
    }

    static func ledgerFull(_ family: ModelFamily) -> Refusal {
        overloaded(family, "ledger_full", "The gateway can't book requests now, and nothing runs unbooked. Tell its operator.")
    }

    static func limitsUnknown(_ family: ModelFamily) -> Refusal {
        overloaded(family, "limits_unknown", "What this key has left of its limits could not be told in time. Try again.")
    }

    static func stopping(_ family: ModelFamily) -> Refusal {
        overloaded(family, "stopping", "The gateway is being restarted. Try again.")
    }

    /// Anthropic's clients know 529, OpenAI's 503.
    private static func overloaded(_ family: ModelFamily, _ code: String, _ message: String) -> Refusal {
        Refusal(family == .anthropic ? 529 : 503, "overloaded_error", code, message)
    }

    static let upstreamBroken = Refusal(
        502, "api_error", "upstream_broken",
        "The nodes that were asked broke off before they answered. Trying again is safe, but may be charged twice.")
    static let upstreamRedirected = Refusal(
        502, "api_error", "upstream_redirected",
        "The node points to another address, which is not followed. Its operator has to correct the node's URL.")
    static let upstreamLate = Refusal(504, "timeout_error", "upstream_late", "The nodes that were asked did not begin to answer in time.")
    static let streamBroken = Refusal(502, "api_error", "upstream_broken", "The node broke off in the middle of its answer.")
    static let streamSilent = Refusal(504, "api_error", "upstream_silent", "The node fell silent in the middle of its answer.")
    static let listUnreadable = Refusal(
        502, "api_error", "upstream_broken", "The node's list could not be read, or is too long: ask for shorter pages with limit.")
    static let keyEnded = Refusal(401, "authentication_error", "key_unknown", "The key of this request was revoked.")
}
