/// `POST /v1/responses`, in OpenAI's words: one message with one text.
struct OpenAIResponses: Sendable {
    let node: String
    let shelf: Shelf

    func answer(_ request: IncomingRequest, _ asked: Asked) -> Answer {
        let reply = Reply(node: node, to: asked)
        let id = "\(node)_\(request.number.padded)"
        let whole = response(id, asked, status: "completed", output: [message(id, reply.text)], reply.usage)
        // The vendor keeps them unless it is told not to.
        if asked.json["store"] != .bool(false) { shelf.keep(whole, "resp_\(id)", in: "responses") }
        if asked.json["background"]?.isTrue == true, !asked.isStream {
            // Its client comes again for the rest.
            return Answer(response(id, asked, status: "queued", output: [], nil))
        }
        guard asked.isStream else { return Answer(whole) }
        return stream(id, asked, reply)
    }

    private func stream(_ id: String, _ asked: Asked, _ reply: Reply) -> Answer {
        var events: [StreamEvent] = []
        func add(_ part: StreamEvent.Part, _ type: String, _ members: [(String, JSON)]) {
            let order: [(String, JSON)] = [("type", .string(type)), ("sequence_number", .integer(events.count))]
            events.append(.named(part, type, .object((order + members).map { JSON.Member(name: $0.0, value: $0.1) })))
        }
        let place: [(String, JSON)] = [("item_id", .string("msg_\(id)")), ("output_index", 0), ("content_index", 0)]
        let begun = response(id, asked, status: "in_progress", output: [], nil)
        add(.start, "response.created", [("response", begun)])
        add(.start, "response.in_progress", [("response", begun)])
        add(.start, "response.output_item.added", [("output_index", 0), ("item", message(id, nil))])
        add(.start, "response.content_part.added", place + [("part", part(""))])
        for piece in pieces(of: reply.text) {
            add(.content, "response.output_text.delta", place + [("delta", .string(piece)), ("logprobs", [])])
        }
        add(.content, "response.output_text.done", place + [("text", .string(reply.text)), ("logprobs", [])])
        add(.content, "response.content_part.done", place + [("part", part(reply.text))])
        add(.content, "response.output_item.done", [("output_index", 0), ("item", message(id, reply.text))])
        let whole = response(id, asked, status: "completed", output: [message(id, reply.text)], reply.usage)
        add(.end, "response.completed", [("response", whole)])
        return Answer(events: events)
    }

    private func response(_ id: String, _ asked: Asked, status: String, output: [JSON], _ usage: Usage?) -> JSON {
        let response: JSON = [
            "id": .string("resp_\(id)"), "object": "response", "created_at": .integer(OpenAIChat.created), "status": .string(status),
            "error": nil, "incomplete_details": nil, "instructions": nil, "metadata": [:], "model": .string(asked.model),
            "output": .array(output), "parallel_tool_calls": true, "temperature": 1, "tool_choice": "auto", "tools": [], "top_p": 1,
            "usage": usage.map(counts) ?? .null, "background": .bool(asked.json["background"]?.isTrue ?? false),
        ]
        return asked.tiered(response)
    }

    /// Nil text: the message is only begun.
    private func message(_ id: String, _ text: String?) -> JSON {
        [
            "id": .string("msg_\(id)"), "type": "message", "status": text == nil ? "in_progress" : "completed", "role": "assistant",
            "content": .array(text.map { [part($0)] } ?? []),
        ]
    }

    private func part(_ text: String) -> JSON { ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []] }

    private func counts(_ usage: Usage) -> JSON {
        [
            "input_tokens": .integer(usage.input), "input_tokens_details": ["cached_tokens": 0], "output_tokens": .integer(usage.output),
            "output_tokens_details": ["reasoning_tokens": 0], "total_tokens": .integer(usage.input + usage.output),
        ]
    }
}
