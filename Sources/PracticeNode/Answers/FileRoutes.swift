import NIOCore
import NIOHTTP1

/// `/v1/files…` in both families' words.
struct FileRoutes: Sendable {
    let node: String
    let shelf: Shelf

    /// - Parameter segments: what comes after `/v1/files/`.
    /// Nil when there is nothing of that name.
    func answer(_ request: IncomingRequest, _ segments: ArraySlice<Substring>) -> Answer? {
        let family = request.family
        switch (request.head.method, segments.count) {
        case (.POST, 0): return Answer(json(add(request), family))
        case (.GET, 0): return list(family)
        case (.GET, 1): return one(segments).map { Answer(json($0, family)) }
        case (.GET, 2) where segments.last == "content": return one(segments).map { Answer(type: $0.type, bytes: $0.bytes) }
        case (.DELETE, 1):
            guard let id = segments.first, shelf.removeFile(id) else { return nil }
            let name = JSON.string(String(id))
            return Answer(family == .anthropic ? ["id": name, "type": "file_deleted"] : ["id": name, "object": "file", "deleted": true])
        default: return nil
        }
    }

    private func one(_ segments: ArraySlice<Substring>) -> Shelf.File? {
        shelf.files.first { $0.id == segments.first.map(String.init) }
    }

    private func add(_ request: IncomingRequest) -> Shelf.File {
        let part = UploadedPart(request.body, contentType: request.head.headers.first(name: "content-type") ?? "")
        return shelf.addFile(
            name: part?.name ?? "unnamed", type: part?.type ?? "application/octet-stream", bytes: part?.bytes ?? ByteBuffer(),
            length: part?.bytes.readableBytes ?? request.length)
    }

    private func list(_ family: Family) -> Answer {
        let files = shelf.files.reversed()
        let items = JSON.array(files.map { json($0, family) })
        guard family == .anthropic else { return Answer(["object": "list", "data": items, "has_more": false]) }
        return Answer([
            "data": items, "has_more": false, "first_id": files.first.map { .string($0.id) } ?? .null,
            "last_id": files.last.map { .string($0.id) } ?? .null,
        ])
    }

    private func json(_ file: Shelf.File, _ family: Family) -> JSON {
        switch family {
        case .anthropic:
            [
                "id": .string(file.id), "type": "file", "filename": .string(file.name), "mime_type": .string(file.type),
                "size_bytes": .integer(file.length), "created_at": "2026-01-01T00:00:00Z", "downloadable": true,
            ]
        case .openAI:
            [
                "id": .string(file.id), "object": "file", "bytes": .integer(file.length), "created_at": .integer(OpenAIChat.created),
                "filename": .string(file.name), "purpose": "user_data", "status": "processed",
            ]
        }
    }
}
