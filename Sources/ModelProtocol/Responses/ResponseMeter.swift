/// Reads a response as it passes: what it used, why it stopped, and what its events mean for failover. It never changes or holds a byte.
///
/// One for each attempt, on that attempt's event loop. Memory: one event (`eventLimit`), or about 100 KB of a JSON answer.
package final class ResponseMeter {
    /// Bytes that an encoded response may unfold to.
    package static let decodedLimit = 64 << 20

    private enum Form {
        case events, answer, other
    }

    private let form: Form
    private let inflater: Inflater?
    private var events: ServerSentEvents
    private var sieve = JSONSieve()
    private var facts: ResponseFacts
    private var failure = false

    /// The meter of a response with this head. Only successful ones (2xx) are metered; for others see `UpstreamError`.
    ///
    /// - Parameters:
    ///   - contentEncoding: gzip and deflate are read; others leave the response unreadable.
    ///   - eventLimit: bytes of an event that is looked into.
    package init(
        family: ModelFamily, status: Int, contentType: String?, contentEncoding: String? = nil,
        eventLimit: Int = ServerSentEvents.defaultLimit
    ) {
        let encoding = Self.word(contentEncoding, until: UInt8(ascii: ","))
        let isPlain = encoding.isEmpty || encoding == "identity"
        let isPacked = ["gzip", "x-gzip", "deflate"].contains(encoding) && contentEncoding?.utf8.contains(UInt8(ascii: ",")) == false
        form = (200..<300).contains(status) && (isPlain || isPacked) ? Self.form(contentType) : .other
        failure = !isPlain && !isPacked
        inflater = isPacked && form != .other ? Inflater(limit: Self.decodedLimit) : nil
        events = ServerSentEvents(limit: eventLimit)
        facts = ResponseFacts(family: family)
    }

    /// What the response used; nil while nothing was told. Of a stream that broke: what was told until then.
    package var usage: TokenUsage? { facts.tally.usage }

    /// The model that answers, by its node's name.
    package var model: String? { facts.model }

    /// `end_turn`, `tool_use`, `length`, `completed` …, as the node says it.
    package var stopReason: String? { facts.stopReason }

    /// Whether the response came to its end by its own protocol; one that ends without was broken off.
    package var isComplete: Bool { facts.isComplete }

    /// Whether it is a stream of events that is sent in the clear: then borders are known, and `error` and `complete` come in time.
    package var isEventStream: Bool { form == .events && inflater == nil }

    /// Whether all that was sent so far ended with whole events (always true where `isEventStream` is false).
    package var isAtBorder: Bool { !isEventStream || events.isAtBorder }

    /// The content can't be read: another encoding, broken, or too much of it. The usage may be missing.
    package var isUnreadable: Bool { failure }

    /// An event larger than `eventLimit` passed: its usage is missing.
    package var missedLargeEvent: Bool { facts.missedLargeEvent }

    /// Reads the next bytes, cut anywhere, and tells what each event that ends in them means, with the offset in `chunk` just behind that
    /// event. Of what is no event stream in the clear, a chunk is one `content`.
    ///
    /// - Returns: the offset behind the last event that ended: up to there `chunk` can be cut. 0 when none ended; without events the
    ///   chunk's length.
    @discardableResult
    package func read(_ chunk: UnsafeRawBufferPointer, _ tell: (StreamSignal, _ end: Int) -> Void) -> Int {
        if isEventStream { return readEvents(chunk, tell) }
        if let inflater, !failure {
            failure = !inflater.read(chunk) { decode($0, tell, end: chunk.count) }
        } else if form == .answer, !failure {
            sieve.read(chunk)
        }
        if form != .events, !chunk.isEmpty { tell(.content, chunk.count) }
        return chunk.count
    }

    /// The response is over. Tells what was left: an event without its blank line, or what a JSON answer means, with the offset 0.
    package func finish(_ tell: (StreamSignal, _ end: Int) -> Void) {
        switch form {
        case .events: events.finish { tell(facts.take($0), 0) }
        case .answer where !failure:
            let signal = sieve.isSpoilt ? nil : sieve.kept.withUnsafeBytes { facts.take(answer: $0) }
            if let signal { tell(signal, 0) } else { failure = true }
        case .answer, .other: break
        }
    }

    private func readEvents(_ chunk: UnsafeRawBufferPointer, _ tell: (StreamSignal, Int) -> Void) -> Int {
        events.read(chunk) { event in tell(facts.take(event), event.end) }
    }

    private func decode(_ block: UnsafeRawBufferPointer, _ tell: (StreamSignal, Int) -> Void, end: Int) {
        if form == .answer { return sieve.read(block) }
        events.read(block) { event in tell(facts.take(event), end) }
    }

    private static func form(_ contentType: String?) -> Form {
        let type = word(contentType, until: UInt8(ascii: ";"))
        if type == "text/event-stream" { return .events }
        return type == "application/json" || type.hasSuffix("+json") ? .answer : .other
    }

    /// The first word of a header's value, lower-cased.
    private static func word(_ value: String?, until end: UInt8) -> String {
        guard let value else { return "" }
        let bytes = value.utf8.prefix { $0 != end }.filter { $0 != 0x20 && $0 != 0x09 }
        return String(decoding: bytes, as: UTF8.self).lowercased()
    }
}
