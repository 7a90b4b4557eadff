/// `POST /v1/chat/completions`, in OpenAI's words.
struct OpenAIChat: Sendable {
    let node: String
    let shelf: Shelf

    /// Fixed, so that the same request has the same bytes.
    static let created = 1_763_700_000

    func answer(_ request: IncomingRequest, _ asked: Asked) -> Answer {
        let reply = Reply(node: node, to: asked)
        let id = "chatcmpl-\(node)-\(request.number.padded)"
        let whole = asked.tiered(completion(reply, asked, id))
        if asked.json["store"] == .bool(true) { shelf.keep(whole, id, in: "chat/completions") }
        return asked.isStream ? stream(reply, asked, id) : Answer(whole)
    }

    private func completion(_ reply: Reply, _ asked: Asked, _ id: String) -> JSON {
        let message: JSON
        if let tool = reply.tool {
            message = ["role": "assistant", "content": nil, "tool_calls": [call(tool, id)], "refusal": nil]
        } else {
            message = ["role": "assistant", "content": .string(reply.text), "refusal": nil]
        }
        return [
            "id": .string(id), "object": "chat.completion", "created": .integer(Self.created), "model": .string(asked.model),
            "choices": [["index": 0, "message": message, "logprobs": nil, "finish_reason": .string(finish(reply))]],
            "usage": usage(reply.usage), "system_fingerprint": .string("fp_\(node)"),
        ]
    }

    private func stream(_ reply: Reply, _ asked: Asked, _ id: String) -> Answer {
        let wantsUsage = asked.json["stream_options"]?["include_usage"]?.isTrue ?? false
        func chunk(_ part: StreamEvent.Part, _ choices: JSON, _ usage: JSON = nil) -> StreamEvent {
            let base: JSON = [
                "id": .string(id), "object": "chat.completion.chunk", "created": .integer(Self.created), "model": .string(asked.model),
                "system_fingerprint": .string("fp_\(node)"), "choices": choices,
            ]
            guard wantsUsage, case .object(let members) = base else { return .data(part, base) }
            return .data(part, .object(members + [JSON.Member(name: "usage", value: usage)]))
        }
        func choice(_ delta: JSON, _ finish: JSON = nil) -> JSON {
            [["index": 0, "delta": delta, "logprobs": nil, "finish_reason": finish]]
        }
        var events = [chunk(.start, choice(["role": "assistant", "content": "", "refusal": nil]))]
        events += deltas(reply, id).map { chunk(.content, choice($0)) }
        events.append(chunk(.end, choice([:], .string(finish(reply)))))
        if wantsUsage { events.append(chunk(.end, [], usage(reply.usage))) }
        events.append(StreamEvent(.end, "data: [DONE]\n\n"))
        return Answer(events: events)
    }

    private func deltas(_ reply: Reply, _ id: String) -> [JSON] {
        guard let tool = reply.tool else { return pieces(of: reply.text).map { ["content": .string($0)] } }
        let opening: JSON = [
            "index": 0, "id": .string("call_\(id)"), "type": "function", "function": ["name": .string(tool.name), "arguments": ""],
        ]
        let rest: JSON = ["index": 0, "function": ["arguments": .string(tool.input.description)]]
        return [["tool_calls": [opening]], ["tool_calls": [rest]]]
    }

    private func call(_ tool: (name: String, input: JSON), _ id: String) -> JSON {
        [
            "id": .string("call_\(id)"), "type": "function",
            "function": ["name": .string(tool.name), "arguments": .string(tool.input.description)],
        ]
    }

    private func finish(_ reply: Reply) -> String { reply.tool == nil ? "stop" : "tool_calls" }

    private func usage(_ usage: Usage) -> JSON {
        [
            "prompt_tokens": .integer(usage.input), "completion_tokens": .integer(usage.output),
            "total_tokens": .integer(usage.input + usage.output), "prompt_tokens_details": ["cached_tokens": 0, "audio_tokens": 0],
            "completion_tokens_details": ["reasoning_tokens": 0],
        ]
    }
}
