import NIOHTTP1

/// `/v1/messages/batches…`: a batch is under way when it is made and ended when it is looked at.
struct BatchRoutes: Sendable {
    let node: String
    let shelf: Shelf

    /// - Parameter segments: what comes after `/v1/messages/batches/`.
    /// Nil when there is nothing of that name.
    func answer(_ request: IncomingRequest, _ segments: ArraySlice<Substring>) -> Answer? {
        switch (request.head.method, segments.count) {
        case (.POST, 0): make(request)
        case (.GET, 0): list(request)
        case (.GET, 1): one(segments).map { Answer(json($0, request, isEnded: true)) }
        case (.DELETE, 1):
            segments.first.flatMap { id in
                shelf.removeBatch(id) ? Answer(["id": .string(String(id)), "type": "message_batch_deleted"]) : nil
            }
        case (.POST, 2) where segments.last == "cancel":
            segments.first.flatMap { shelf.cancelBatch($0) }.map { Answer(json($0, request, isEnded: false)) }
        case (.GET, 2) where segments.last == "results": one(segments).map { results($0) }
        default: nil
        }
    }

    private func one(_ segments: ArraySlice<Substring>) -> Shelf.Batch? {
        shelf.batches.first { $0.id == segments.first.map(String.init) }
    }

    private func make(_ request: IncomingRequest) -> Answer {
        let entries = JSON(request.body)?["requests"]?.items ?? []
        let items = entries.compactMap { entry -> Shelf.Batch.Item? in
            guard let name = entry["custom_id"]?.text, let asked = Asked(entry["params"]) else { return nil }
            return Shelf.Batch.Item(name: name, asked: asked)
        }
        guard !items.isEmpty, items.count == entries.count else {
            return FamilyError(400, "requests: each needs a custom_id and params with a model").answer(
                .anthropic, requestID: "req_\(node)_\(request.number.padded)")
        }
        return Answer(json(shelf.addBatch(items), request, isEnded: false))
    }

    private func list(_ request: IncomingRequest) -> Answer {
        let batches = shelf.batches.reversed()
        return Answer([
            "data": .array(batches.map { json($0, request, isEnded: true) }), "has_more": false,
            "first_id": batches.first.map { .string($0.id) } ?? .null, "last_id": batches.last.map { .string($0.id) } ?? .null,
        ])
    }

    private func results(_ batch: Shelf.Batch) -> Answer {
        let messages = AnthropicMessages(node: node)
        let lines = batch.items.enumerated().map { index, item -> String in
            let message = messages.message(Reply(node: node, to: item.asked), item.asked, "msg_\(batch.id)_\(index + 1)")
            let line: JSON = ["custom_id": .string(item.name), "result": ["type": "succeeded", "message": message]]
            return "\(line)\n"
        }
        return Answer(status: 200, type: "application/x-jsonl", lines.joined())
    }

    private func json(_ batch: Shelf.Batch, _ request: IncomingRequest, isEnded: Bool) -> JSON {
        let count = JSON.integer(batch.items.count)
        let status = isEnded ? "ended" : batch.isCancelled ? "canceling" : "in_progress"
        return [
            "id": .string(batch.id), "type": "message_batch", "processing_status": .string(status),
            "request_counts": [
                "processing": isEnded ? 0 : count, "succeeded": isEnded ? count : 0, "errored": 0, "canceled": 0, "expired": 0,
            ],
            "ended_at": isEnded ? "2026-01-01T00:01:00Z" : nil, "created_at": "2026-01-01T00:00:00Z", "expires_at": "2026-01-02T00:00:00Z",
            "archived_at": nil, "cancel_initiated_at": batch.isCancelled ? "2026-01-01T00:00:30Z" : nil,
            "results_url": isEnded ? .string("\(request.base)/v1/messages/batches/\(batch.id)/results") : nil,
        ]
    }
}
