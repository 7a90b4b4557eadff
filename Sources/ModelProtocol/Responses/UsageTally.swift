/// The usage of one response as it is told, put together by the rules of docs/gateway.md section 8.
struct UsageTally {
    /// Larger counts are no counts: nothing of that size was ever sent, and sums must not overflow.
    static let countLimit = 1_000_000_000_000
    private static let textLimit = 64

    private(set) var usage: TokenUsage?
    private var anthropic = AnthropicCounts()
    private var tier: String?
    private var searches = 0

    /// One `usage` object of Anthropic's: laid over what came before, field by field.
    mutating func overlayAnthropic(_ cursor: inout JSONCursor) throws(JSONFault) {
        guard cursor.byte == UInt8(ascii: "{") else { return try cursor.skip() }
        try anthropic.overlay(&cursor)
        usage = anthropic.resolved
    }

    /// One `usage` object of OpenAI's: the last one counts.
    mutating func replaceOpenAI(_ cursor: inout JSONCursor) throws(JSONFault) {
        guard cursor.byte == UInt8(ascii: "{") else { return try cursor.skip() }
        var counts = OpenAICounts()
        try counts.read(&cursor)
        guard counts.saysSomething else { return }
        usage = counts.resolved
        usage?.serviceTier = tier
        usage?.webSearches = searches
    }

    /// OpenAI tells its searches one by one, and all of them once more at the end.
    mutating func note(webSearches count: Int) {
        searches = max(searches, min(count, Self.countLimit))
        usage?.webSearches = searches
    }

    /// One more search.
    mutating func noteWebSearch() { note(webSearches: searches + 1) }

    /// OpenAI tells the tier beside the usage, before or after it.
    mutating func note(serviceTier: String?) {
        guard let serviceTier else { return }
        tier = serviceTier
        usage?.serviceTier = serviceTier
    }

    /// A count: nil for what is none (null, text, fractions, negative or absurd numbers); `isOdd` is set when it was a number all the same.
    static func count(_ cursor: inout JSONCursor, _ isOdd: inout Bool) throws(JSONFault) -> Int? {
        let isNumber = cursor.byte == UInt8(ascii: "-") || cursor.byte &- UInt8(ascii: "0") < 10
        if let value = try cursor.integerValue(), (0...countLimit).contains(value) { return value }
        if isNumber { isOdd = true }
        return nil
    }

    /// A short text.
    static func text(_ cursor: inout JSONCursor) throws(JSONFault) -> String? {
        try cursor.textValue(limit: textLimit)
    }
}
