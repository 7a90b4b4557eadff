/// How the body of a request is taken. Limits are in bytes.
package enum BodyIntake: Hashable, Sendable {
    /// There is none; if one comes, it is not for the node.
    case none
    /// Taken in whole, so that it can be read and sent again.
    case gathered(limit: Int)
    /// Passed on as it comes: it can be sent once only.
    case streamed(limit: Int)
}

/// What a request is and how it is to be treated: the table of docs/gateway.md section 2.
package struct ModelRoute: Hashable, Sendable {
    /// Message batches, 256 MB (vendor's limit).
    package static let batchBodyLimit = 256 << 20
    /// Files, 500 MB (vendor's limit).
    package static let fileBodyLimit = 500 << 20

    package let operation: ModelOperation
    /// Decides the node's kind and the shape of our own errors.
    package let family: ModelFamily
    package let body: BodyIntake
    /// Whether another node may be tried after this one: only for what leaves nothing behind on a node.
    package let mayRetry: Bool
    /// Nil when no key is needed (`probe`).
    package let scope: ModelScope?

    /// What tells the families apart where the path doesn't.
    package struct Marks: Hashable, Sendable {
        package let hasAnthropicVersion: Bool
        package let hasAPIKey: Bool

        /// Whether the headers `anthropic-version` and `x-api-key` are there.
        package init(hasAnthropicVersion: Bool, hasAPIKey: Bool) {
            self.hasAnthropicVersion = hasAnthropicVersion
            self.hasAPIKey = hasAPIKey
        }

        var family: ModelFamily { hasAnthropicVersion || hasAPIKey ? .anthropic : .openAI }
    }

    /// Whether the relay takes a request at all, whatever it turns out to be. Called for every request of the server.
    package static func isForRelay(_ method: String, _ path: Substring) -> Bool {
        let bytes = path.utf8
        if bytes.starts(with: "/v1/".utf8) { return true }
        guard bytes.count == 1 || bytes.count == 10 else { return false }
        return isProbe(method, path)
    }

    /// The route of a request.
    ///
    /// - Parameters:
    ///   - path: without the query; what follows a `?` is ignored.
    ///   - bodyLimit: bytes of a gathered body (`GATEWAY_BODY_LIMIT`).
    /// - Returns: nil when there is nothing here (404): not the relay's, or a path that must not reach a node, such as one with dot
    ///   segments.
    package init?(method: String, path: Substring, marks: Marks, bodyLimit: Int = 32 << 20) {
        let path = Substring(path.utf8.prefix { $0 != UInt8(ascii: "?") })
        if Self.isProbe(method, path) {
            self.init(.probe, .anthropic, .none, mayRetry: false, scope: nil)
            return
        }
        guard let path = RelayPath(path) else { return nil }
        let gathered = BodyIntake.gathered(limit: bodyLimit)
        switch (method, path.first, path.count) {
        case ("POST", "messages", 1): self.init(.messages, .anthropic, gathered)
        case ("POST", "messages", 2) where path.second == "count_tokens": self.init(.countTokens, .anthropic, gathered)
        case (_, "messages", 2...) where path.second == "batches": self.init(batches: method, path)
        case (_, "files", _): self.init(files: method, path, marks)
        case ("GET", "models", 1): self.init(.models, marks.family, .none, mayRetry: false, scope: .models)
        case ("GET", "models", _):
            guard let id = path.modelID else { return nil }
            self.init(.model(id: id), marks.family, .none, mayRetry: false, scope: .models)
        case ("POST", "chat", 2) where path.second == "completions": self.init(.chatCompletions, .openAI, gathered)
        case ("POST", "embeddings", 1): self.init(.embeddings, .openAI, gathered)
        case ("POST", "responses", 1): self.init(.responses, .openAI, gathered)
        default: self.init(unknown: method, path, marks, gathered)
        }
    }

    private init(
        _ operation: ModelOperation, _ family: ModelFamily, _ body: BodyIntake, mayRetry: Bool = true, scope: ModelScope? = .inference
    ) {
        self.operation = operation
        self.family = family
        self.body = body
        self.mayRetry = mayRetry
        self.scope = scope
    }

    private static func isProbe(_ method: String, _ path: Substring) -> Bool {
        (path == "/" && method == "HEAD") || (path == "/api/hello" && (method == "HEAD" || method == "GET"))
    }

    /// Nothing that is not known passes here: an unknown verb on a foreign id would go round the owner map.
    private init?(batches method: String, _ path: RelayPath) {
        let action: ModelOperation.BatchAction
        switch (method, path.count, path.fourth) {
        case ("POST", 2, nil): action = .create
        case ("GET", 2, nil): action = .list
        case ("GET", 3, nil): action = .get
        case ("DELETE", 3, nil): action = .delete
        case ("POST", 4, "cancel"): action = .cancel
        case ("GET", 4, "results"): action = .results
        default: return nil
        }
        let id = path.third
        guard id.map(RelayPath.isObjectID) ?? true else { return nil }
        let body = action == .create ? BodyIntake.streamed(limit: Self.batchBodyLimit) : .none
        self.init(.batches(id: id, action), .anthropic, body, mayRetry: false)
    }

    private init?(files method: String, _ path: RelayPath, _ marks: Marks) {
        let action: ModelOperation.FileAction
        switch (method, path.count, path.third) {
        case ("POST", 1, nil): action = .create
        case ("GET", 1, nil): action = .list
        case ("GET", 2, nil): action = .get
        case ("DELETE", 2, nil): action = .delete
        case ("GET", 3, "content"): action = .content
        default: return nil
        }
        let id = path.second.map(String.init)
        guard id.map(RelayPath.isObjectID) ?? true else { return nil }
        let body = action == .create ? BodyIntake.streamed(limit: Self.fileBodyLimit) : .none
        self.init(.files(id: id, action), marks.hasAnthropicVersion ? .anthropic : .openAI, body, mayRetry: false, scope: .files)
    }

    private init?(unknown method: String, _ path: RelayPath, _ marks: Marks, _ gathered: BodyIntake) {
        guard path.isPlain, let object = ObjectPath(method, path.segments) else { return nil }
        switch method {
        case "GET", "HEAD": self.init(.unknownV1(object), marks.family, .none, mayRetry: false)
        case "POST", "PUT", "PATCH", "DELETE": self.init(.unknownV1(object), marks.family, gathered, mayRetry: false)
        default: return nil
        }
    }
}
