/// `POST /v1/messages` and `/v1/messages/count_tokens`, in Anthropic's words (docs of the Messages API and its streaming).
struct AnthropicMessages: Sendable {
    let node: String

    func answer(_ request: IncomingRequest, _ asked: Asked) -> Answer {
        let reply = Reply(node: node, to: asked)
        let id = "msg_\(node)_\(request.number.padded)"
        return asked.isStream ? stream(reply, asked, id) : Answer(message(reply, asked, id))
    }

    func count(_ asked: Asked) -> Answer {
        Answer(["input_tokens": .integer(10 + asked.text.count)])
    }

    /// The whole message, also a line of a batch's results.
    func message(_ reply: Reply, _ asked: Asked, _ id: String) -> JSON {
        var content: [JSON] = []
        if let thinking = reply.thinking {
            content.append(["type": "thinking", "thinking": .string(thinking), "signature": .string(signature)])
        }
        content.append(["type": "text", "text": .string(reply.text)])
        if let tool = reply.tool { content.append(toolUse(tool.name, tool.input, id)) }
        return [
            "id": .string(id), "type": "message", "role": "assistant", "model": .string(asked.model), "content": .array(content),
            "stop_reason": .string(stopReason(reply)), "stop_sequence": nil, "usage": usage(reply.usage, output: reply.usage.output),
        ]
    }

    // MARK: Stream

    private func stream(_ reply: Reply, _ asked: Asked, _ id: String) -> Answer {
        var events = [start(reply, asked, id)]
        var index = 0
        if let thinking = reply.thinking {
            events += thinkingBlock(index, thinking, ping: index == 0)
            index += 1
        }
        events += textBlock(index, reply.text, ping: index == 0)
        index += 1
        if let tool = reply.tool { events += toolBlock(index, tool, id) }
        let delta: JSON = [
            "type": "message_delta", "delta": ["stop_reason": .string(stopReason(reply)), "stop_sequence": nil],
            "usage": usage(reply.usage, output: reply.usage.output),
        ]
        events.append(.named(.end, "message_delta", delta))
        events.append(.named(.end, "message_stop", ["type": "message_stop"]))
        return Answer(events: events)
    }

    private func start(_ reply: Reply, _ asked: Asked, _ id: String) -> StreamEvent {
        let message: JSON = [
            "id": .string(id), "type": "message", "role": "assistant", "model": .string(asked.model), "content": [], "stop_reason": nil,
            "stop_sequence": nil, "usage": usage(reply.usage, output: 1),
        ]
        return .named(.start, "message_start", ["type": "message_start", "message": message])
    }

    private func thinkingBlock(_ index: Int, _ text: String, ping: Bool) -> [StreamEvent] {
        let deltas = pieces(of: text).map { ["type": "thinking_delta", "thinking": .string($0)] as JSON }
        let end: JSON = ["type": "signature_delta", "signature": .string(signature)]
        return block(index, ["type": "thinking", "thinking": "", "signature": ""], deltas + [end], ping: ping)
    }

    private func textBlock(_ index: Int, _ text: String, ping: Bool) -> [StreamEvent] {
        block(
            index, ["type": "text", "text": ""], pieces(of: text).map { ["type": "text_delta", "text": .string($0)] as JSON }, ping: ping)
    }

    private func toolBlock(_ index: Int, _ tool: (name: String, input: JSON), _ id: String) -> [StreamEvent] {
        let whole = tool.input.description
        // As the vendor does: an empty start, then pieces of JSON text that are no JSON by themselves.
        let half = whole.index(whole.startIndex, offsetBy: whole.count / 2)
        let parts = ["", String(whole[..<half]), String(whole[half...])]
        let deltas = parts.map { ["type": "input_json_delta", "partial_json": .string($0)] as JSON }
        return block(index, toolUse(tool.name, [:], id), deltas, ping: false)
    }

    private func block(_ index: Int, _ start: JSON, _ deltas: [JSON], ping: Bool) -> [StreamEvent] {
        let opened: JSON = ["type": "content_block_start", "index": .integer(index), "content_block": start]
        var events = [StreamEvent.named(index == 0 ? .start : .content, "content_block_start", opened)]
        if ping { events.append(AnthropicMessages.ping) }
        for delta in deltas {
            events.append(
                .named(.content, "content_block_delta", ["type": "content_block_delta", "index": .integer(index), "delta": delta]))
        }
        events.append(.named(.content, "content_block_stop", ["type": "content_block_stop", "index": .integer(index)]))
        return events
    }

    static let ping = StreamEvent.named(.start, "ping", ["type": "ping"])

    // MARK: Parts

    private var signature: String { "cHJhY3RpY2Utc2lnbmF0dXJl" }

    private func stopReason(_ reply: Reply) -> String { reply.tool == nil ? "end_turn" : "tool_use" }

    private func toolUse(_ name: String, _ input: JSON, _ id: String) -> JSON {
        ["type": "tool_use", "id": .string("toolu_\(id.dropFirst("msg_".count))"), "name": .string(name), "input": input]
    }

    /// Cumulative: `message_delta` repeats what `message_start` said and has the final count.
    private func usage(_ usage: Usage, output: Int) -> JSON {
        [
            "input_tokens": .integer(usage.input), "cache_creation_input_tokens": .integer(usage.cacheWrite5m + usage.cacheWrite1h),
            "cache_read_input_tokens": .integer(usage.cacheRead),
            "cache_creation": [
                "ephemeral_5m_input_tokens": .integer(usage.cacheWrite5m), "ephemeral_1h_input_tokens": .integer(usage.cacheWrite1h),
            ],
            "output_tokens": .integer(output), "service_tier": "standard",
        ]
    }
}

extension Int {
    /// Six digits or more, so that ids sort.
    var padded: String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, 6 - digits.count)) + digits
    }
}
