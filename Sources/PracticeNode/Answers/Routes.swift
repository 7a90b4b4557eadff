import NIOHTTP1

/// What a faultless node answers.
struct Routes: Sendable {
    private let node: String
    private let key: String?
    private let models: ModelList
    private let shelf: Shelf

    init(_ configuration: PracticeNodeConfiguration, shelf: Shelf) {
        node = configuration.name
        key = configuration.key
        models = ModelList(served: configuration.models)
        self.shelf = shelf
    }

    func answer(_ request: IncomingRequest) -> Answer {
        if let open = openAnswer(request) { return open }
        if let key, request.credential != key { return error(401, "invalid x-api-key", request) }
        return (request.segments.first == "v1" ? routed(request) : nil) ?? error(404, "not found: \(request.path)", request)
    }

    func error(_ status: Int, _ message: String, _ request: IncomingRequest) -> Answer {
        FamilyError(status, message).answer(request.family, requestID: "req_\(node)_\(request.number.padded)")
    }

    /// What a client asks before it shows anything: is somebody there?
    private func openAnswer(_ request: IncomingRequest) -> Answer? {
        switch (request.head.method, request.path) {
        case (.HEAD, "/"), (.GET, "/"), (.HEAD, "/api/hello"), (.GET, "/api/hello"):
            Answer(status: 200, type: "text/plain", "practice node \(node)\n")
        default: nil
        }
    }

    private func routed(_ request: IncomingRequest) -> Answer? {
        let segments = request.segments.dropFirst()
        switch (request.head.method, request.path) {
        case (.POST, "/v1/messages"): return toModel(request) { AnthropicMessages(node: node).answer(request, $0) }
        case (.POST, "/v1/messages/count_tokens"): return toModel(request) { AnthropicMessages(node: node).count($0) }
        case (.POST, "/v1/chat/completions"): return toModel(request) { OpenAIChat(node: node, shelf: shelf).answer(request, $0) }
        case (.POST, "/v1/responses"): return toModel(request) { OpenAIResponses(node: node, shelf: shelf).answer(request, $0) }
        case (.POST, "/v1/embeddings"): return toModel(request) { OpenAIEmbeddings().answer($0) }
        case (.GET, "/v1/models"): return models.list(request.family)
        case (_, "/v1/practice/echo"), (_, "/v1/practice"): return echo(request)
        default: break
        }
        switch segments.first {
        case "models" where request.head.method == .GET && segments.count == 2:
            return segments.last.flatMap { models.answer(String($0), request.family) }
        case "messages" where segments.dropFirst().first == "batches":
            return BatchRoutes(node: node, shelf: shelf).answer(request, segments.dropFirst(2))
        case "files": return FileRoutes(node: node, shelf: shelf).answer(request, segments.dropFirst())
        default: return StoredRoutes(node: node, shelf: shelf).answer(request)
        }
    }

    private func toModel(_ request: IncomingRequest, _ body: (Asked) -> Answer) -> Answer {
        guard let json = JSON(request.body) else { return error(400, "the body is no JSON", request) }
        guard let asked = Asked(json) else { return error(400, "model: Field required", request) }
        guard models.has(asked.model) else { return error(404, "model: \(asked.model)", request) }
        return body(asked)
    }

    /// A path that no vendor has, for what a gateway passes on without knowing it.
    private func echo(_ request: IncomingRequest) -> Answer {
        Answer([
            "node": .string(node), "method": .string(request.head.method.rawValue), "target": .string(request.head.uri),
            "length": .integer(request.length),
        ])
    }
}
