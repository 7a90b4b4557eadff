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
    /// An event was too large to look into.
    var missedLargeEvent = false

    init(family: ModelFamily) {
        self.family = family
    }

    /// What an event means.
    mutating func take(_ event: ServerSentEvent) -> StreamSignal {
        var signal: StreamSignal
        switch event.kind {
        case .silent: signal = .start
        case .large:
            missedLargeEvent = true
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

    /// Only the name is known.
    private func takeLarge(_ event: ServerSentEvent) -> StreamSignal {
        if event.name.equals("error") || event.name.equals("response.failed") { return .error(UpstreamError(type: "", message: "")) }
        if event.name.equals("response.completed") || event.name.equals("response.incomplete") { return .complete }
        return .content
    }

    /// The first one counts.
    mutating func readModel(_ cursor: inout JSONCursor) throws(JSONFault) {
        guard model == nil else { return try cursor.skip() }
        model = try cursor.textValue(limit: Self.wordLimit)
    }

    /// The last one counts; null is none. Answers whether there was one.
    @discardableResult
    mutating func readStopReason(_ cursor: inout JSONCursor) throws(JSONFault) -> Bool {
        guard let reason = try cursor.textValue(limit: Self.wordLimit) else { return false }
        stopReason = reason
        return true
    }
}
