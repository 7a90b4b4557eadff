import NIOCore
import NIOHTTP1

/// What OpenAI's family keeps besides files: answers, conversations, stores. Whoever has the node's key reaches all of it, as with the
/// vendor: keeping workspaces apart is the gateway's work.
struct StoredRoutes: Sendable {
    /// By the path below `/v1/` and what their ids begin with.
    private static let prefixes = [
        "batches": "batch", "chat/completions": "chatcmpl", "conversations": "conv", "responses": "resp", "threads": "thread",
        "vector_stores": "vs",
    ]

    let node: String
    let shelf: Shelf

    /// Nil when there is nothing of that name.
    func answer(_ request: IncomingRequest) -> Answer? {
        let segments = request.segments.dropFirst()
        let words = segments.first == "chat" ? 2 : 1
        let collection = segments.prefix(words).joined(separator: "/")
        guard let prefix = Self.prefixes[collection] else { return nil }
        let rest = segments.dropFirst(words)
        guard let id = rest.first.map(String.init) else { return whole(collection, prefix, request) }
        guard let object = shelf.kept(id, in: collection) else { return nil }
        switch (request.head.method, rest.count) {
        case (.DELETE, 1):
            shelf.removeKept(id)
            return Answer(["id": .string(id), "object": .string(collection), "deleted": true])
        case (.GET, 1), (.POST, _): return Answer(object)
        case (.GET, _): return Answer(["object": "list", "data": [], "has_more": false])
        default: return nil
        }
    }

    private func whole(_ collection: String, _ prefix: String, _ request: IncomingRequest) -> Answer? {
        switch request.head.method {
        case .GET: return Answer(["object": "list", "data": .array(shelf.kept(in: collection).reversed()), "has_more": false])
        case .POST: return Answer(make(collection, "\(prefix)_\(node)_\(request.number.padded)", request))
        default: return nil
        }
    }

    private func make(_ collection: String, _ id: String, _ request: IncomingRequest) -> JSON {
        let asked = JSON(request.body) ?? [:]
        var object: JSON = ["id": .string(id), "object": .string(collection), "node": .string(node), "asked": asked]
        guard collection == "batches" else {
            shelf.keep(object, id, in: collection)
            return object
        }
        let output = ByteBuffer(string: results(of: asked, request).map { "\($0)\n" }.joined())
        let file = shelf.addFile(name: "output.jsonl", type: "application/jsonl", bytes: output, length: output.readableBytes)
        shelf.keep(batch(id, asked, status: "completed", output: .string(file.id)), id, in: collection)
        // Under way when it is made, done when it is looked at.
        object = batch(id, asked, status: "validating", output: .null)
        return object
    }

    private func batch(_ id: String, _ asked: JSON, status: String, output: JSON) -> JSON {
        [
            "id": .string(id), "object": "batch", "endpoint": asked["endpoint"] ?? "/v1/chat/completions",
            "input_file_id": asked["input_file_id"] ?? .null, "completion_window": "24h", "status": .string(status),
            "output_file_id": output, "error_file_id": nil, "created_at": .integer(OpenAIChat.created), "asked": asked,
        ]
    }

    /// One line of output for each line of the batch's input that asks a model.
    private func results(of batch: JSON, _ request: IncomingRequest) -> [JSON] {
        let input = shelf.files.first { $0.id == batch["input_file_id"]?.text }?.bytes ?? ByteBuffer()
        return String(buffer: input).split(whereSeparator: \.isNewline).enumerated().compactMap { number, line in
            guard let item = JSON(String(line)), let asked = Asked(item["body"]) else { return nil }
            let answer =
                item["url"]?.text == "/v1/responses"
                ? OpenAIResponses(node: node, shelf: shelf).answer(request, asked)
                : OpenAIChat(node: node, shelf: shelf).answer(request, asked)
            guard case .whole(let bytes) = answer.body, let body = JSON(String(buffer: bytes)) else { return nil }
            return [
                "id": .string("batch_req_\(number)"), "custom_id": item["custom_id"] ?? .null,
                "response": ["status_code": 200, "request_id": .string("req_\(number)"), "body": body], "error": nil,
            ]
        }
    }
}
