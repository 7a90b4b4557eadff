/// An error in a family's envelope.
struct FamilyError: Sendable {
    let status: Int
    let type: String
    let message: String
    var details: JSON?

    init(_ status: Int, _ message: String, type: String? = nil, details: JSON? = nil) {
        self.status = status
        self.type = type ?? FamilyError.type(of: status)
        self.message = message
        self.details = details
    }

    func answer(_ family: Family, requestID: String) -> Answer {
        Answer(status: status, envelope(family, requestID: requestID))
    }

    func envelope(_ family: Family, requestID: String) -> JSON {
        switch family {
        case .anthropic:
            var error: [JSON.Member] = [.init(name: "type", value: .string(type)), .init(name: "message", value: .string(message))]
            if let details { error.append(.init(name: "details", value: details)) }
            return ["type": "error", "error": .object(error), "request_id": .string(requestID)]
        case .openAI:
            return ["error": ["message": .string(message), "type": .string(type), "param": nil, "code": details?["error_code"] ?? .null]]
        }
    }

    /// Anthropic's words for a status (docs of its errors).
    static func type(of status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 402: "billing_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 408, 504: "timeout_error"
        case 409: "conflict_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 529: "overloaded_error"
        case 500...: "api_error"
        default: "invalid_request_error"
        }
    }
}
