/// One result of a message batch that used something.
package struct BatchResult: Hashable, Sendable {
    /// As its client named it; the line's number (`#1` …) where that is missing or longer than 128 bytes.
    package let name: String
    /// As the node calls it; empty when it does not say.
    package let model: String
    package let usage: TokenUsage

    /// A result of this name.
    package init(name: String, model: String, usage: TokenUsage) {
        self.name = name
        self.model = model
        self.usage = usage
    }
}

/// Reads the results of a message batch (JSON Lines) as they pass; lines may be cut anywhere and have any length. Memory: what `JSONSieve`
/// keeps of one line.
struct BatchResultLines {
    private static let nameLimit = 128
    private static let modelLimit = 256

    private let family: ModelFamily
    private var sieve: JSONSieve
    private var isBlank = true
    private var number = 0

    /// - Parameter family: whose provider made the batch.
    init(_ family: ModelFamily) {
        self.family = family
        sieve = JSONSieve(family == .anthropic ? .batchLine : .openAIBatchLine)
    }

    /// Tells each result that ends in the chunk and has a usage.
    mutating func read(_ chunk: UnsafeRawBufferPointer, _ tell: (BatchResult) -> Void) {
        var at = 0
        while at < chunk.count {
            let end = chunk.first(from: at, marks: ByteWord.lineEnds) { $0 == 0x0A || $0 == 0x0D }
            if end > at {
                sieve.read(chunk.slice(at, end))
                isBlank = false
            }
            if end < chunk.count { endLine(tell) }
            at = end + 1
        }
    }

    /// The last line may have no end of its own.
    mutating func finish(_ tell: (BatchResult) -> Void) { endLine(tell) }

    private mutating func endLine(_ tell: (BatchResult) -> Void) {
        guard !isBlank else { return }
        number += 1
        if !sieve.isSpoilt, let result = sieve.kept.withUnsafeBytes(result) { tell(result) }
        sieve.begin()
        isBlank = true
    }

    private func result(_ line: UnsafeRawBufferPointer) -> BatchResult? {
        var cursor = JSONCursor(line)
        var name: String?
        var facts = ResponseFacts(family: family)
        do throws(JSONFault) {
            cursor.skipSpace()
            try cursor.enterObject()
            while let member = try cursor.nextName() {
                if cursor.says(member, "custom_id") {
                    name = try cursor.textValue(limit: Self.nameLimit)
                } else if family == .anthropic, cursor.says(member, "result"), cursor.byte == UInt8(ascii: "{") {
                    try facts.readBatchResult(&cursor)
                } else if family == .openAI, cursor.says(member, "response"), cursor.byte == UInt8(ascii: "{") {
                    try facts.readBatchResponse(&cursor)
                } else {
                    try cursor.skip()
                }
            }
        } catch { return nil }
        guard let usage = facts.tally.usage else { return nil }
        return BatchResult(name: name.flatMap { $0.isEmpty ? nil : $0 } ?? "#\(number)", model: facts.model ?? "", usage: usage)
    }
}

extension ResponseFacts {
    /// `{"type":"succeeded","message":{…}}`; what did not succeed has no message.
    fileprivate mutating func readBatchResult(_ cursor: inout JSONCursor) throws(JSONFault) {
        try cursor.enterObject()
        while let name = try cursor.nextName() {
            guard cursor.says(name, "message"), cursor.byte == UInt8(ascii: "{") else { try cursor.skip(); continue }
            try cursor.enterObject()
            while let name = try cursor.nextName() {
                if cursor.says(name, "usage") {
                    try tally.overlayAnthropic(&cursor)
                } else if cursor.says(name, "model") {
                    try readModel(&cursor)
                } else {
                    try cursor.skip()
                }
            }
        }
    }

    /// OpenAI's `{"status_code":200,"body":{…}}`; what failed has a body without usage, or none.
    fileprivate mutating func readBatchResponse(_ cursor: inout JSONCursor) throws(JSONFault) {
        try cursor.enterObject()
        while let name = try cursor.nextName() {
            guard cursor.says(name, "body"), cursor.byte == UInt8(ascii: "{") else { try cursor.skip(); continue }
            try cursor.enterObject()
            while let name = try cursor.nextName() {
                if try !readResponseMember(name, &cursor) { try cursor.skip() }
            }
        }
    }
}
