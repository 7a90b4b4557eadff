import ModelProtocol
import Testing

@Suite("Routes of model APIs")
struct ModelRouteTests {
    static let plain = ModelRoute.Marks(hasAnthropicVersion: false, hasAPIKey: false)
    static let versioned = ModelRoute.Marks(hasAnthropicVersion: true, hasAPIKey: false)
    static let keyed = ModelRoute.Marks(hasAnthropicVersion: false, hasAPIKey: true)

    private func found(_ method: String, _ path: String, _ marks: ModelRoute.Marks = plain) -> ModelRoute? {
        ModelRoute(method: method, path: Substring(path), marks: marks)
    }

    @Test(
        "knows each operation by method and path",
        arguments: [
            ("POST", "/v1/messages", ModelOperation.messages), ("POST", "/v1/messages/count_tokens", .countTokens),
            ("GET", "/v1/models", .models), ("GET", "/v1/models/claude-haiku-4-5-20251001", .model(id: "claude-haiku-4-5-20251001")),
            ("GET", "/v1/models/meta%2FLlama-3%3A8b", .model(id: "meta/Llama-3:8b")),
            ("GET", "/v1/models/meta/Llama-3", .model(id: "meta/Llama-3")),
            ("POST", "/v1/messages/batches", .batches(id: nil, .create)), ("GET", "/v1/messages/batches", .batches(id: nil, .list)),
            ("GET", "/v1/messages/batches/b_1", .batches(id: "b_1", .get)),
            ("DELETE", "/v1/messages/batches/b_1", .batches(id: "b_1", .delete)),
            ("POST", "/v1/messages/batches/b_1/cancel", .batches(id: "b_1", .cancel)),
            ("GET", "/v1/messages/batches/b_1/results", .batches(id: "b_1", .results)),
            ("POST", "/v1/files", .files(id: nil, .create)), ("GET", "/v1/files", .files(id: nil, .list)),
            ("GET", "/v1/files/f-1", .files(id: "f-1", .get)),
            ("GET", "/v1/files/f-1/content", .files(id: "f-1", .content)), ("DELETE", "/v1/files/f-1", .files(id: "f-1", .delete)),
            ("POST", "/v1/chat/completions", .chatCompletions), ("POST", "/v1/embeddings", .embeddings),
            ("POST", "/v1/responses", .responses),
            ("HEAD", "/", .probe), ("HEAD", "/api/hello", .probe), ("GET", "/api/hello", .probe),
            ("POST", "/v1/messages?beta=true", .messages), ("GET", "/v1/models?limit=1000", .models),
        ] as [(String, String, ModelOperation)])
    func operations(_ method: String, _ path: String, _ operation: ModelOperation) throws {
        let route = try #require(found(method, path))
        #expect(route.operation == operation)
        #expect(ModelRoute.isForRelay(method, Substring(path)))
    }

    @Test(
        "parts words and ids of the paths that it does not know: what is no known word is somebody's",
        arguments: [
            ("GET", "/v1/responses/resp_1", "responses", "resp_1", .use),
            ("DELETE", "/v1/responses/resp_1", "responses", "resp_1", .delete),
            ("POST", "/v1/responses/resp_1/cancel", "responses", "resp_1", .use),
            ("POST", "/v1/responses/compact", "compact", nil, .create),
            ("GET", "/v1/chat/completions", "completions", nil, .list),
            ("GET", "/v1/chat/completions/c-1/messages", "completions", "c-1", .use),
            ("DELETE", "/v1/vector_stores/vs_1/files/file-2", "vector_stores", "vs_1", .use),
            ("POST", "/v1/fine_tuning/jobs", "jobs", nil, .create), ("GET", "/v1/fine_tuning/jobs/ftjob-1/events", "jobs", "ftjob-1", .use),
            ("GET", "/v1/messages", "messages", nil, .list), ("PATCH", "/v1/things/a.b:c~d@e", "things", "a.b:c~d@e", .use),
            ("GET", "/v1/organizations/users", "organizations", "users", .use), ("HEAD", "/v1/things/t", "things", "t", .use),
            ("POST", "/v1/audio/speech", "speech", nil, .create), ("GET", "/v1/batches", "batches", nil, .list),
        ] as [(String, String, String, String?, ObjectPath.Verb)])
    func objects(_ method: String, _ path: String, _ collection: String, _ id: String?, _ verb: ObjectPath.Verb) throws {
        guard case .unknownV1(let object) = try #require(found(method, path)).operation else {
            Issue.record("\(path) is known")
            return
        }
        #expect((object.collection, object.id, object.verb) == (collection, id, verb))
    }

    @Test(
        "finds the ids that a body names, and no others",
        arguments: [
            (#"{"previous_response_id":"resp_123456","input":"resp_654321 is mine"}"#, ["resp_123456"]),
            (#"{"tools":[{"type":"file_search","vector_store_ids":["vs_123456",["vs_abcde1"]]}]}"#, ["vs_123456", "vs_abcde1"]),
            (#"{"a":{"b":[{"c":"file-123456"}]},"d":"file_","e":"resp_12345","f":"file-1234 56"}"#, ["file-123456"]),
            (#"["conv_123456",7]"#, ["conv_123456"]), ("\u{0}\u{1}", []), ("", []), (#"{"a":"batch_123456""#, []),
        ])
    func references(_ body: String, _ ids: [String]) {
        #expect(Array(body.utf8).withUnsafeBytes { ObjectReferences.ids(in: $0) } == Set(ids))
    }

    @Test(
        "refuses what must not reach a node",
        arguments: [
            ("GET", "/"), ("POST", "/"), ("POST", "/api/hello"), ("GET", "/v1"), ("GET", "/v1/"), ("GET", "/v2/messages"),
            ("GET", "/v1beta/x"),
            ("GET", "/v1/../admin"), ("GET", "/v1/a/./b"), ("GET", "/v1//messages"), ("POST", "/v1/messages/"), ("GET", "/v1/%2e%2e/admin"),
            ("GET", "/v1/a%2Fb"), ("GET", "/v1/a\\b"), ("GET", "/v1/a b"), ("GET", "/v1/a\u{0}b"), ("GET", "/v1/é"), ("TRACE", "/v1/x"),
            ("OPTIONS", "/v1/x"),
            ("GET", "/v1/messages/batches/b.1"), ("GET", "/v1/messages/batches/%62"), ("PUT", "/v1/messages/batches/b_1"),
            ("GET", "/v1/messages/batches/b_1/cancel"),
            ("GET", "/v1/messages/batches/b_1/results/x"), ("POST", "/v1/files/f_1"), ("GET", "/v1/files/f_1/other"),
            ("GET", "/v1/files/f_1/content/x"),
            ("GET", "/v1/models/a%"), ("GET", "/v1/models/a%2"), ("GET", "/v1/models/%00"), ("GET", "/v1/models/.."),
            ("GET", "/v1/models/a%0Ab"),
            ("GET", "/v1/a/b/c/d/e/f/g/h/i"), ("DELETE", "/v1/things"), ("PUT", "/v1/things"), ("PATCH", "/v1/chat/completions"),
            ("HEAD", "/v1/things"),
        ])
    func refusals(_ method: String, _ path: String) {
        #expect(found(method, path) == nil)
    }

    @Test("refuses ids and paths that are too long")
    func lengths() {
        let id = String(repeating: "a", count: 128)
        #expect(found("GET", "/v1/files/\(id)") != nil)
        #expect(found("GET", "/v1/files/\(id)a") == nil)
        #expect(found("GET", "/v1/models/\(id)\(id)") != nil)
        #expect(found("GET", "/v1/models/\(id)\(id)a") == nil)
        #expect(found("GET", "/v1/" + String(repeating: "a", count: 1_020)) != nil)
        #expect(found("GET", "/v1/" + String(repeating: "a", count: 1_021)) == nil)
        #expect(found("GET", "/v1/things/" + String(repeating: "a", count: 200)) != nil)
        #expect(found("GET", "/v1/things/" + String(repeating: "a", count: 201)) == nil)
    }

    @Test("tells the families apart by path, else by headers")
    func families() {
        #expect(found("POST", "/v1/messages")?.family == .anthropic)
        #expect(found("POST", "/v1/chat/completions", Self.versioned)?.family == .openAI)
        for (marks, family) in [(Self.plain, ModelFamily.openAI), (Self.versioned, .anthropic), (Self.keyed, .anthropic)] {
            #expect(found("GET", "/v1/models", marks)?.family == family)
            #expect(found("GET", "/v1/other", marks)?.family == family)
        }
        #expect(found("GET", "/v1/files", Self.keyed)?.family == .openAI)
        #expect(found("GET", "/v1/files", Self.versioned)?.family == .anthropic)
    }

    @Test("says how bodies are taken, what may be tried again, and which scope it takes")
    func handling() throws {
        let messages = try #require(ModelRoute(method: "POST", path: "/v1/messages", marks: Self.plain, bodyLimit: 7))
        #expect(messages.body == .gathered(limit: 7))
        #expect(messages.mayRetry)
        #expect(messages.scope == .inference)
        let batch = try #require(found("POST", "/v1/messages/batches"))
        #expect(batch.body == .streamed(limit: 256 << 20))
        #expect(!batch.mayRetry)
        let file = try #require(found("POST", "/v1/files"))
        #expect(file.body == .streamed(limit: 500 << 20))
        #expect(file.scope == .files)
        #expect(found("GET", "/v1/files/f_1")?.body == BodyIntake.none)
        #expect(found("GET", "/v1/files/f_1")?.mayRetry == false)
        #expect(found("GET", "/v1/models")?.scope == .models)
        #expect(found("POST", "/v1/other")?.body == .gathered(limit: 32 << 20))
        #expect(found("POST", "/v1/other")?.mayRetry == false)
        #expect(found("HEAD", "/")?.scope == nil)
    }

    @Test(
        "leaves everything else to the web server",
        arguments: [("GET", "/"), ("GET", "/api/desk"), ("POST", "/api/hello"), ("GET", "/v1"), ("HEAD", "/index"), ("GET", "")])
    func notForRelay(_ method: String, _ path: String) {
        #expect(!ModelRoute.isForRelay(method, Substring(path)))
    }
}
