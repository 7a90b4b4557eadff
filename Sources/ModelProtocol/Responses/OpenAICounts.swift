/// One `usage` object of OpenAI's family: of chat completions and embeddings (`prompt_tokens` …) or of responses (`input_tokens` …).
struct OpenAICounts {
    private var input, output, total, cached, written, writtenLong: Int?
    private var isOdd = false

    /// An object without any count is a placeholder.
    var saysSomething: Bool { input != nil || output != nil }

    mutating func read(_ cursor: inout JSONCursor) throws(JSONFault) {
        try cursor.enterObject()
        while let name = try cursor.nextName() {
            let text = cursor.raw(name)
            if text.equals("prompt_tokens") || text.equals("input_tokens") {
                input = try UsageTally.count(&cursor, &isOdd)
            } else if text.equals("completion_tokens") || text.equals("output_tokens") {
                output = try UsageTally.count(&cursor, &isOdd)
            } else if text.equals("total_tokens") {
                total = try UsageTally.count(&cursor, &isOdd)
            } else if text.equals("prompt_tokens_details") || text.equals("input_tokens_details") {
                try readDetails(&cursor)
            } else {
                try cursor.skip()
            }
        }
    }

    private mutating func readDetails(_ cursor: inout JSONCursor) throws(JSONFault) {
        guard try cursor.entersObject() else { return }
        while let name = try cursor.nextName() {
            let text = cursor.raw(name)
            if text.equals("cached_tokens") {
                cached = try UsageTally.count(&cursor, &isOdd)
            } else if text.equals("cache_write_tokens") {
                written = try UsageTally.count(&cursor, &isOdd)
            } else if text.equals("cache_write_tokens_details") {
                try readLives(&cursor)
            } else {
                try cursor.skip()
            }
        }
    }

    private mutating func readLives(_ cursor: inout JSONCursor) throws(JSONFault) {
        guard try cursor.entersObject() else { return }
        while let name = try cursor.nextName() {
            if cursor.raw(name).equals("ttl_12h_tokens") {
                writtenLong = try UsageTally.count(&cursor, &isOdd)
            } else {
                try cursor.skip()
            }
        }
    }

    /// Cached and written tokens are part of the input here; in `TokenUsage` they are apart.
    var resolved: TokenUsage {
        var usage = TokenUsage()
        let all = input ?? 0
        let long = min(writtenLong ?? 0, written ?? 0)
        usage.output = output ?? 0
        usage.cacheRead = cached ?? 0
        usage.cacheWrite1h = long
        usage.cacheWrite5m = (written ?? 0) - long
        usage.input = max(0, all - usage.cacheRead - usage.cacheWrite5m - usage.cacheWrite1h)
        let isTooMuchCached = usage.totalInput > all
        let isTotalOff = total.map { $0 != all + usage.output } ?? false
        usage.inconsistent = isOdd || isTooMuchCached || isTotalOff || (writtenLong ?? 0) > long
        return usage
    }
}
