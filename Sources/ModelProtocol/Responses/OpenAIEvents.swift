/// What one event of OpenAI's family says: a chunk of a chat completion, or an event of the Responses API.
private struct OpenAIEvent {
    enum Kind {
        /// `chat.completion.chunk` and its like
        case chunk
        case responseStart, responseContent, responseEnd, responseFailure, error
        case unknown
    }

    var kind = Kind.unknown
    var hasContent = false
    /// `response.output_item.done`
    var endsItem = false
    /// `item` is a search of the provider's.
    var isSearch = false
    var error: UpstreamError?
    /// `code` and `message` of an event of the type `error`.
    var outer = UpstreamError(type: "", message: "")

    static let itemEnd: StaticString = "response.output_item.done"

    static func kind(_ type: UnsafeRawBufferPointer) -> Kind? {
        if type.equals("error") { return .error }
        guard type.hasPrefix("response.") else { return nil }
        if type.hasSuffix(".delta") { return .responseContent }
        if type.equals("response.completed") || type.equals("response.incomplete") { return .responseEnd }
        if type.equals("response.failed") { return .responseFailure }
        if type.equals("response.created") || type.equals("response.in_progress") || type.equals("response.queued") {
            return .responseStart
        }
        // Empty beginnings; of an item that is no text the type tells in `item`.
        let isBeginning =
            type.equals("response.output_item.added") || type.equals("response.content_part.added")
            || type.equals("response.reasoning_summary_part.added")
        return isBeginning ? .responseStart : .responseContent
    }
}

extension ResponseFacts {
    /// What an event of a chat or Responses stream means; what is unknown counts as seen by the user.
    mutating func takeOpenAI(_ event: ServerSentEvent) -> StreamSignal {
        if event.data.hasPrefix("[DONE]") { return .complete }
        if hasContent, event.name.hasSuffix(".delta"), event.name.hasPrefix("response.") { return .content }
        var said = OpenAIEvent()
        if let kind = OpenAIEvent.kind(event.name) { said.kind = kind }
        said.endsItem = event.name.equals(OpenAIEvent.itemEnd)
        let isRead: Void? = parsed(event.data) { facts, cursor throws(JSONFault) in try facts.read(&said, &cursor) }
        if said.endsItem, said.isSearch { tally.noteWebSearch() }
        if let error = said.error { return .error(error) }
        switch said.kind {
        case .error, .responseFailure: return .error(said.outer)
        case .responseEnd: return .complete
        case .responseStart, .chunk: return said.hasContent || isRead == nil ? .content : .start
        case .responseContent, .unknown: return .content
        }
    }

    private mutating func read(_ event: inout OpenAIEvent, _ cursor: inout JSONCursor) throws(JSONFault) {
        while let name = try cursor.nextName() {
            if cursor.says(name, "choices") {
                event.kind = .chunk
                if try readChoices(&cursor) { event.hasContent = true }
            } else if cursor.says(name, "usage") {
                try tally.replaceOpenAI(&cursor)
            } else if cursor.says(name, "model") {
                try readModel(&cursor)
            } else if cursor.says(name, "type"), cursor.byte == UInt8(ascii: "\"") {
                let type = cursor.raw(try cursor.string())
                if let kind = OpenAIEvent.kind(type) { event.kind = kind }
                if type.equals(OpenAIEvent.itemEnd) { event.endsItem = true }
            } else if cursor.says(name, "error") {
                event.error = try UpstreamError(value: &cursor)
            } else if cursor.says(name, "service_tier") {
                tally.note(serviceTier: try UsageTally.text(&cursor))
            } else if cursor.says(name, "response"), cursor.byte == UInt8(ascii: "{") {
                try readResponse(&event, &cursor)
            } else if cursor.says(name, "item"), cursor.byte == UInt8(ascii: "{") {
                let item = try OutputItem(&cursor)
                if item.isVisible { event.hasContent = true }
                event.isSearch = item.isSearch
                containerID = item.containerID ?? containerID
            } else if objectID == nil, cursor.says(name, "id") {
                try readID(&cursor)
            } else {
                try event.outer.take(name, &cursor)
            }
        }
    }

    /// The choices of a chunk or of an answer. Whether any says something or stops.
    mutating func readChoices(_ cursor: inout JSONCursor) throws(JSONFault) -> Bool {
        var isFilled = false
        guard try cursor.entersArray() else { return false }
        while try cursor.nextElement() {
            guard try cursor.entersObject() else { continue }
            while let name = try cursor.nextName() {
                if cursor.says(name, "finish_reason") {
                    if try readStopReason(&cursor) { isFilled = true }
                } else if cursor.says(name, "delta"), cursor.byte == UInt8(ascii: "{") {
                    if try Self.isFilledDelta(&cursor) { isFilled = true }
                } else if cursor.says(name, "text") {
                    if try cursor.isFilledValue() { isFilled = true }
                } else {
                    try cursor.skip()
                }
            }
        }
        return isFilled
    }

    /// Text, refusal, reasoning, calls of tools, sound: everything but the role.
    private static func isFilledDelta(_ cursor: inout JSONCursor) throws(JSONFault) -> Bool {
        var isFilled = false
        try cursor.enterObject()
        while let name = try cursor.nextName() {
            if cursor.says(name, "role") { try cursor.skip() } else if try cursor.isFilledValue() { isFilled = true }
        }
        return isFilled
    }

    private mutating func readResponse(_ event: inout OpenAIEvent, _ cursor: inout JSONCursor) throws(JSONFault) {
        try cursor.enterObject()
        while let name = try cursor.nextName() {
            if try !readResponseMember(name, &cursor) {
                if cursor.says(name, "error") { event.error = try UpstreamError(value: &cursor) } else { try cursor.skip() }
            }
        }
    }

    /// A member of a Responses answer; false when it is none that matters, with the cursor still on its value.
    mutating func readResponseMember(_ name: JSONString, _ cursor: inout JSONCursor) throws(JSONFault) -> Bool {
        if cursor.says(name, "usage") {
            try tally.replaceOpenAI(&cursor)
        } else if cursor.says(name, "model") {
            try readModel(&cursor)
        } else if cursor.says(name, "id") {
            try readID(&cursor)
        } else if cursor.says(name, "output"), cursor.byte == UInt8(ascii: "[") {
            try readOutput(&cursor)
        } else if cursor.says(name, "service_tier") {
            tally.note(serviceTier: try UsageTally.text(&cursor))
        } else if cursor.says(name, "status") {
            // `incomplete_details` says more, before or after it.
            if stopReason == nil || stopReason == "in_progress" || stopReason == "queued" {
                try readStopReason(&cursor)
            } else {
                try cursor.skip()
            }
        } else if cursor.says(name, "incomplete_details"), cursor.byte == UInt8(ascii: "{") {
            try cursor.enterObject()
            while let name = try cursor.nextName() {
                if cursor.says(name, "reason") { try readStopReason(&cursor) } else { try cursor.skip() }
            }
        } else {
            return false
        }
        return true
    }

    /// All items of a Responses answer.
    private mutating func readOutput(_ cursor: inout JSONCursor) throws(JSONFault) {
        var searches = 0
        try cursor.enterArray()
        while try cursor.nextElement() {
            guard cursor.byte == UInt8(ascii: "{") else { try cursor.skip(); continue }
            let item = try OutputItem(&cursor)
            if item.isSearch { searches += 1 }
            containerID = item.containerID ?? containerID
        }
        tally.note(webSearches: searches)
    }
}
