extension ResponseFacts {
    /// What a whole JSON answer means, from what `JSONSieve` left of it; nil when that is no object.
    mutating func take(answer: UnsafeRawBufferPointer) -> StreamSignal? {
        var error: UpstreamError?
        let isRead: Void? = parsed(answer) { facts, cursor throws(JSONFault) in
            while let name = try cursor.nextName() {
                if cursor.says(name, "error") {
                    error = try UpstreamError(value: &cursor)
                } else {
                    try facts.readAnswer(name, &cursor)
                }
            }
            guard cursor.isAtEnd() else { throw .malformed }
        }
        guard isRead != nil else { return nil }
        if let error { return .error(error) }
        isComplete = true
        return .complete
    }

    private mutating func readAnswer(_ name: JSONString, _ cursor: inout JSONCursor) throws(JSONFault) {
        if family == .anthropic, cursor.says(name, "usage") {
            try tally.overlayAnthropic(&cursor)
        } else if cursor.says(name, "stop_reason") {
            try readStopReason(&cursor)
        } else if family == .anthropic, cursor.says(name, "container") {
            try readContainer(&cursor)
        } else if cursor.says(name, "choices") {
            _ = try readChoices(&cursor)
        } else if try !readResponseMember(name, &cursor) {
            try cursor.skip()
        }
    }
}
