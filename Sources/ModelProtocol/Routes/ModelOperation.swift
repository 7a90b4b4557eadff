/// What a request asks for, from its method and path.
package enum ModelOperation: Hashable, Sendable {
    /// `POST /v1/messages`
    case messages
    /// `POST /v1/messages/count_tokens`
    case countTokens
    /// `GET /v1/models`
    case models
    /// `GET /v1/models/{id}`; the id is decoded, 1 to 256 bytes of letters, digits and `. _ : @ / + -`.
    case model(id: String)
    /// `/v1/messages/batches…`; the id is nil only for `create` and `list`.
    case batches(id: String?, BatchAction)
    /// `/v1/files…`; the id is nil only for `create` and `list`.
    case files(id: String?, FileAction)
    /// `POST /v1/chat/completions`
    case chatCompletions
    /// `POST /v1/embeddings`
    case embeddings
    /// `POST /v1/responses`
    case responses
    /// `HEAD /`, `HEAD` or `GET /api/hello`: answered by the gateway itself.
    case probe
    /// Any other path below `/v1/` that is safe to pass on, as far as who asks owns what it names.
    case unknownV1(ObjectPath)

    /// The verbs of message batches.
    package enum BatchAction: String, Sendable {
        case create, list, get, cancel, results, delete
    }

    /// The verbs of files.
    package enum FileAction: String, Sendable {
        case create, list, get, content, delete
    }

    /// A constant word for ledger, logs and metrics.
    package var name: String {
        switch self {
        case .messages: "messages"
        case .countTokens: "count_tokens"
        case .models, .model: "models"
        case .batches: "batches"
        case .files: "files"
        case .chatCompletions: "chat_completions"
        case .embeddings: "embeddings"
        case .responses: "responses"
        case .probe: "probe"
        case .unknownV1: "other"
        }
    }
}
