/// Whose protocol a client speaks and a node understands. The raw value is what the admin API and the database call it.
package enum ModelFamily: String, CaseIterable, Sendable {
    case anthropic
    case openAI = "openai"
}

/// What a key must be allowed for a request (docs/gateway.md section 1).
package enum ModelScope: String, CaseIterable, Sendable {
    case inference, files, models
}
