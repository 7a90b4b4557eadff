/// Reads a response as it passes: what it used, why it stopped, and what its events mean for failover. It never changes or holds a byte.
///
/// One for each attempt, on that attempt's event loop. Memory: one event (`eventLimit`; of larger ones what `JSONSieve` keeps), or about
/// 100 KB of a JSON answer or of a line of results; results until they are taken.
package final class ResponseMeter {
    /// Bytes that an encoded response may unfold to.
    package static let decodedLimit = 64 << 20

    private enum Form {
        case events, answer, results, other
    }

    private let form: Form
    private let inflater: Inflater?
    private var events: ServerSentEvents
    private var sieve = JSONSieve()
    private var whole = WholeAnswer.due
    private var lines: BatchResultLines
    private var results: [BatchResult] = []
    private var facts: ResponseFacts
    private var failure = false

    /// The meter of a response with this head. Only successful ones (2xx) are metered; for others see `UpstreamError`.
    ///
    /// - Parameters:
    ///   - contentEncoding: gzip and deflate are read; others leave the response unreadable.
    ///   - holdsResults: it is the results of a message batch, whatever it says of itself.
    ///   - eventLimit: bytes of an event that is looked into as a whole.
    package init(
        family: ModelFamily, status: Int, contentType: String?, contentEncoding: String? = nil, holdsResults: Bool = false,
        eventLimit: Int = ServerSentEvents.defaultLimit
    ) {
        let encoding = Self.word(contentEncoding, until: UInt8(ascii: ","))
        let isPlain = encoding.isEmpty || encoding == "identity"
        let isPacked = ["gzip", "x-gzip", "deflate"].contains(encoding) && contentEncoding?.utf8.contains(UInt8(ascii: ",")) == false
        let isRead = (200..<300).contains(status) && (isPlain || isPacked)
        form = !isRead ? .other : holdsResults ? .results : Self.form(contentType)
        failure = !isPlain && !isPacked
        inflater = isPacked && form != .other ? Inflater(limit: Self.decodedLimit) : nil
        events = ServerSentEvents(limit: eventLimit)
        facts = ResponseFacts(family: family)
        lines = BatchResultLines(family)
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

    /// Whether it is one JSON value that can be read.
    package var isAnswer: Bool { form == .answer }

    /// Whether all that was sent so far ended with whole events (always true where `isEventStream` is false).
    package var isAtBorder: Bool { !isEventStream || events.isAtBorder }

    /// The content can't be read: another encoding, broken, or too much of it. The usage may be missing.
    package var isUnreadable: Bool { failure }

    /// An event larger than `eventLimit` passed that is no JSON: its usage is missing.
    package var missedLargeEvent: Bool { facts.missedLargeEvent }

    /// The id of the answer, once it is known.
    package var objectID: String? { facts.objectID }

    /// The container that the provider keeps for the answer's code, once it is known.
    package var containerID: String? { facts.containerID }

    /// The batch's results that came since the last call; each has a usage.
    package func takeResults() -> [BatchResult] {
        defer { results = [] }
        return results
    }

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
            readAnswer(chunk)
        } else if form == .results, !failure {
            lines.read(chunk) { results.append($0) }
        }
        if form != .events, !chunk.isEmpty { tell(.content, chunk.count) }
        return chunk.count
    }

    /// The response is over. Tells what was left: an event without its blank line, or what a JSON answer means, with the offset 0.
    package func finish(_ tell: (StreamSignal, _ end: Int) -> Void) {
        switch form {
        case .events: events.finish { tell(facts.take($0), 0) }
        case .answer where !failure:
            if case .read(let facts, let signal) = whole {
                self.facts = facts
                return tell(signal, 0)
            }
            let signal = sieve.isSpoilt ? nil : sieve.kept.withUnsafeBytes { facts.take(answer: $0) }
            if let signal { tell(signal, 0) } else { failure = true }
        case .results where !failure: lines.finish { results.append($0) }
        case .answer, .results, .other: break
        }
    }

    /// Most answers come in one piece: that is read where it lies. Only what comes in several goes through the sieve, which looks at every
    /// byte of it and keeps some.
    private func readAnswer(_ chunk: UnsafeRawBufferPointer) {
        switch whole {
        case .due where !chunk.isEmpty:
            whole = WholeAnswer(chunk, facts) ?? .inPieces
            if case .inPieces = whole { sieve.read(chunk) }
        case .due: break
        case .inPieces: sieve.read(chunk)
        // Something behind the answer's end: it was no JSON after all.
        case .read: if !chunk.allSatisfy(WholeAnswer.isSpace) { failure = true }
        }
    }

    private func readEvents(_ chunk: UnsafeRawBufferPointer, _ tell: (StreamSignal, Int) -> Void) -> Int {
        events.read(chunk) { event in tell(facts.take(event), event.end) }
    }

    private func decode(_ block: UnsafeRawBufferPointer, _ tell: (StreamSignal, Int) -> Void, end: Int) {
        if form == .answer { return sieve.read(block) }
        if form == .results { return lines.read(block) { results.append($0) } }
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
        // As nearly all write it.
        if value == "application/json" || value == "text/event-stream" { return value }
        let bytes = value.utf8.prefix { $0 != end }.filter { $0 != 0x20 && $0 != 0x09 }
        return String(decoding: bytes, as: UTF8.self).lowercased()
    }
}

/// An answer that came in one piece, or not.
private enum WholeAnswer {
    /// Nothing has come yet.
    case due
    case inPieces
    /// What is known when the response is over.
    case read(ResponseFacts, StreamSignal)

    /// Nil when the chunk is not a whole object, or large: what the sieve would leave out is left out in one piece, too.
    init?(_ chunk: UnsafeRawBufferPointer, _ before: ResponseFacts) {
        guard chunk.count <= JSONSieve.memberLimit, chunk.last(where: { !Self.isSpace($0) }) == UInt8(ascii: "}") else { return nil }
        var facts = before
        guard let signal = facts.take(answer: chunk) else { return nil }
        self = .read(facts, signal)
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
