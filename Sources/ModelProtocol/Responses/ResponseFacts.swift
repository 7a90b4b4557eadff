/// What was learned of a response so far.
struct ResponseFacts {
    static let wordLimit = 256

    let family: ModelFamily
    var tally = UsageTally()
    /// As the node calls it: aliases are resolved.
    var model: String?
    /// `stop_reason`, `finish_reason`, or the status of a Responses answer (of an incomplete one: why).
    var stopReason: String?
    var hasContent = false
    var isComplete = false
    /// An event was too large to be kept, and is no JSON of which something could be.
    var missedLargeEvent = false
    /// The id of what the response is: OpenAI's family may keep it under that.
    var objectID: String?
    /// The container that the provider keeps for the answer's code.
    var containerID: String?

    init(family: ModelFamily) {
        self.family = family
    }

    /// What an event means.
    mutating func take(_ event: ServerSentEvent) -> StreamSignal {
        var signal: StreamSignal
        switch event.kind {
        case .silent: signal = .start
        case .large:
            signal = takeLarge(event)
        case .event: signal = family == .anthropic ? takeAnthropic(event) : takeOpenAI(event)
        }
        switch signal {
        case .content: hasContent = true
        case .start where hasContent: signal = .content
        case .complete: isComplete = true
        case .start, .error: break
        }
        return signal
    }

    /// Of its data only little is left, or nothing: then only the name is known.
    private mutating func takeLarge(_ event: ServerSentEvent) -> StreamSignal {
        guard event.data.isEmpty else {
            let signal = family == .anthropic ? takeAnthropic(event) : takeOpenAI(event)
            // So much is never nothing.
            return signal == .start ? .content : signal
        }
        missedLargeEvent = true
        if event.name.equals("error") || event.name.equals("response.failed") { return .error(UpstreamError(type: "", message: "")) }
        if event.name.equals("response.completed") || event.name.equals("response.incomplete") { return .complete }
        return .content
    }

    /// The first one counts.
    mutating func readModel(_ cursor: inout JSONCursor) throws(JSONFault) {
        guard model == nil else { return try cursor.skip() }
        model = try cursor.textValue(limit: Self.wordLimit)
    }

    /// The first one counts.
    mutating func readID(_ cursor: inout JSONCursor) throws(JSONFault) {
        guard objectID == nil else { return try cursor.skip() }
        objectID = try cursor.textValue(limit: Self.wordLimit)
    }

    /// Anthropic's `{"id":…,"expires_at":…}`, or null.
    mutating func readContainer(_ cursor: inout JSONCursor) throws(JSONFault) {
        guard try cursor.entersObject() else { return }
        while let name = try cursor.nextName() {
            if cursor.says(name, "id") { containerID = try cursor.textValue(limit: Self.wordLimit) } else { try cursor.skip() }
        }
    }

    /// The last one counts; null is none. Answers whether there was one.
    @discardableResult
    mutating func readStopReason(_ cursor: inout JSONCursor) throws(JSONFault) -> Bool {
        guard let reason = try cursor.textValue(limit: Self.wordLimit) else { return false }
        stopReason = reason
        return true
    }
}
