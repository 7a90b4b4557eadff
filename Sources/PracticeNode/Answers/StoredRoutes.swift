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
        if collection == "batches" {
            let file = shelf.addFile(name: "output.jsonl", type: "application/jsonl", bytes: ByteBuffer(string: "{}\n"), length: 3)
            object = ["id": .string(id), "object": "batch", "output_file_id": .string(file.id), "error_file_id": nil, "asked": asked]
        }
        shelf.keep(object, id, in: collection)
        return object
    }
}
