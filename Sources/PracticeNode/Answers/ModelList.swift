/// `GET /v1/models` and `/v1/models/{id}`, in both families' words.
struct ModelList: Sendable {
    /// Empty: every name is a model.
    let served: [String]

    static let examples = [
        "claude-fable-5-2", "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-haiku-4-5-20251001", "gpt-6.1-sol",
        "gpt-6.1-terra",
        "text-embedding-3-small",
    ]

    func has(_ model: String) -> Bool { served.isEmpty || served.contains(model) }

    func list(_ family: Family) -> Answer {
        let names = (served.isEmpty ? Self.examples : served).filter {
            served.isEmpty ? $0.hasPrefix("claude") == (family == .anthropic) : true
        }
        let items = JSON.array(names.map { one($0, family) })
        switch family {
        case .anthropic:
            return Answer([
                "data": items, "has_more": false, "first_id": names.first.map { .string($0) } ?? .null,
                "last_id": names.last.map { .string($0) } ?? .null,
            ])
        case .openAI: return Answer(["object": "list", "data": items])
        }
    }

    /// Nil when there is no such model.
    func answer(_ model: String, _ family: Family) -> Answer? {
        has(model) ? Answer(one(model, family)) : nil
    }

    private func one(_ model: String, _ family: Family) -> JSON {
        switch family {
        case .anthropic: ["type": "model", "id": .string(model), "display_name": .string(model), "created_at": "2026-01-01T00:00:00Z"]
        case .openAI: ["id": .string(model), "object": "model", "created": .integer(OpenAIChat.created), "owned_by": "practice"]
        }
    }
}
