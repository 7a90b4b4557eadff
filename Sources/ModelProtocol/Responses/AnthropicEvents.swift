/// The events of a message stream.
private enum AnthropicEvent {
    case messageStart, blockStart, blockDelta, blockStop, messageDelta, messageStop, ping, error, unknown

    @inline(__always)
    static func named(_ name: UnsafeRawBufferPointer) -> AnthropicEvent {
        switch name.count {
        case 19: name.equals("content_block_delta") ? .blockDelta : name.equals("content_block_start") ? .blockStart : .unknown
        case 18: name.equals("content_block_stop") ? .blockStop : .unknown
        case 13: name.equals("message_start") ? .messageStart : name.equals("message_delta") ? .messageDelta : .unknown
        case 12: name.equals("message_stop") ? .messageStop : .unknown
        case 5: name.equals("error") ? .error : .unknown
        case 4: name.equals("ping") ? .ping : .unknown
        default: .unknown
        }
    }
}

extension ResponseFacts {
    /// What an event of a message stream means; what is unknown counts as seen by the user.
    mutating func takeAnthropic(_ event: ServerSentEvent) -> StreamSignal {
        var kind = AnthropicEvent.named(event.name)
        // Some relays leave the `event` field out: the data says it again.
        if kind == .unknown { kind = Self.type(of: event.data) }
        switch kind {
        case .blockDelta, .blockStart:
            return hasContent || isFilled(event.data, kind == .blockStart ? "content_block" : "delta") ? .content : .start
        case .blockStop, .ping: return .start
        case .messageStop: return .complete
        case .error: return .error(UpstreamError(event.data) ?? UpstreamError(type: "", message: ""))
        case .messageStart:
            _ = parsed(event.data) { facts, cursor throws(JSONFault) in try facts.readMessageStart(&cursor) }
            return .start
        case .messageDelta:
            // A reason to stop is an answer, even one without words.
            return parsed(event.data) { facts, cursor throws(JSONFault) in try facts.readMessageDelta(&cursor) } ?? true ? .content : .start
        case .unknown: return .content
        }
    }

    /// Nil when the data is no JSON.
    mutating func parsed<Answer>(
        _ data: UnsafeRawBufferPointer, _ read: (inout ResponseFacts, inout JSONCursor) throws(JSONFault) -> Answer
    ) -> Answer? {
        var cursor = JSONCursor(data)
        cursor.skipSpace()
        do throws(JSONFault) {
            try cursor.enterObject()
            return try read(&self, &cursor)
        } catch { return nil }
    }

    private static func type(of data: UnsafeRawBufferPointer) -> AnthropicEvent {
        var cursor = JSONCursor(data)
        cursor.skipSpace()
        do throws(JSONFault) {
            try cursor.enterObject()
            while let name = try cursor.nextName() {
                if cursor.says(name, "type"), cursor.byte == UInt8(ascii: "\"") { return .named(cursor.raw(try cursor.string())) }
                try cursor.skip()
            }
        } catch { return .unknown }
        return .unknown
    }

    private mutating func readMessageStart(_ cursor: inout JSONCursor) throws(JSONFault) {
        while let name = try cursor.nextName() {
            guard cursor.says(name, "message"), cursor.byte == UInt8(ascii: "{") else { try cursor.skip(); continue }
            try cursor.enterObject()
            while let name = try cursor.nextName() {
                if cursor.says(name, "model") {
                    try readModel(&cursor)
                } else if cursor.says(name, "usage") {
                    try tally.overlayAnthropic(&cursor)
                } else if cursor.says(name, "container") {
                    try readContainer(&cursor)
                } else {
                    try cursor.skip()
                }
            }
        }
    }

    /// Whether it tells why the message stopped.
    private mutating func readMessageDelta(_ cursor: inout JSONCursor) throws(JSONFault) -> Bool {
        var stops = false
        while let name = try cursor.nextName() {
            if cursor.says(name, "usage") {
                try tally.overlayAnthropic(&cursor)
            } else if cursor.says(name, "delta"), cursor.byte == UInt8(ascii: "{") {
                try cursor.enterObject()
                while let name = try cursor.nextName() {
                    if cursor.says(name, "stop_reason") {
                        stops = try readStopReason(&cursor)
                    } else if cursor.says(name, "container") {
                        try readContainer(&cursor)
                    } else {
                        try cursor.skip()
                    }
                }
            } else {
                try cursor.skip()
            }
        }
        return stops
    }

    /// Whether a block or a delta says something. Blocks of other types than text and thinking (tools, results) do in any case.
    private mutating func isFilled(_ data: UnsafeRawBufferPointer, _ part: StaticString) -> Bool {
        parsed(data) { _, cursor throws(JSONFault) in
            while let name = try cursor.nextName() {
                guard cursor.says(name, part), cursor.byte == UInt8(ascii: "{") else { try cursor.skip(); continue }
                return try Self.isFilledPart(&cursor)
            }
            return true
        } ?? true
    }

    private static func isFilledPart(_ cursor: inout JSONCursor) throws(JSONFault) -> Bool {
        var isFilled = false
        var isPlain = false
        try cursor.enterObject()
        while let name = try cursor.nextName() {
            if cursor.says(name, "type"), cursor.byte == UInt8(ascii: "\"") {
                let type = try cursor.string()
                isPlain = ["text", "thinking", "text_delta", "thinking_delta", "input_json_delta"].contains { cursor.says(type, $0) }
            } else if try cursor.isFilledValue() {
                isFilled = true
            }
        }
        return isFilled || !isPlain
    }
}
