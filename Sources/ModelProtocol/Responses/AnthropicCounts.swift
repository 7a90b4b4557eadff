/// The cumulative counts of Anthropic's `usage`: first in `message_start`, then in each `message_delta`, or once in a JSON answer.
struct AnthropicCounts {
    private var now = Fields()
    private var isOdd = false

    private struct Fields {
        var input, output, cacheRead, cacheWrite, write5m, write1h, webSearches: Int?
        var tier, geo, speed: String?

        var inputSide: Int { (input ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0) + (write5m ?? 0) + (write1h ?? 0) }
    }

    /// Each field that is not null replaces the earlier one.
    mutating func overlay(_ cursor: inout JSONCursor) throws(JSONFault) {
        var new = try read(&cursor)
        // Counts are cumulative: they can't fall to nothing. Some relays send zeros where they have no number (seen in message_delta).
        if new.inputSide == 0, now.inputSide > 0, new.input != nil {
            isOdd = true
            (new.input, new.cacheRead, new.cacheWrite, new.write5m, new.write1h) = (nil, nil, nil, nil, nil)
        }
        if new.output == 0, let before = now.output, before > 0 {
            isOdd = true
            new.output = nil
        }
        if let output = new.output, let before = now.output, output < before { isOdd = true }
        merge(new)
    }

    private mutating func merge(_ new: Fields) {
        now.input = new.input ?? now.input
        now.output = new.output ?? now.output
        now.cacheRead = new.cacheRead ?? now.cacheRead
        now.cacheWrite = new.cacheWrite ?? now.cacheWrite
        now.write5m = new.write5m ?? now.write5m
        now.write1h = new.write1h ?? now.write1h
        now.webSearches = new.webSearches ?? now.webSearches
        now.tier = new.tier ?? now.tier
        now.geo = new.geo ?? now.geo
        now.speed = new.speed ?? now.speed
    }

    private mutating func read(_ cursor: inout JSONCursor) throws(JSONFault) -> Fields {
        var fields = Fields()
        try cursor.enterObject()
        while let name = try cursor.nextName() {
            let text = cursor.raw(name)
            if text.equals("input_tokens") {
                fields.input = try UsageTally.count(&cursor, &isOdd)
            } else if text.equals("output_tokens") {
                fields.output = try UsageTally.count(&cursor, &isOdd)
            } else if text.equals("cache_read_input_tokens") {
                fields.cacheRead = try UsageTally.count(&cursor, &isOdd)
            } else if text.equals("cache_creation_input_tokens") {
                fields.cacheWrite = try UsageTally.count(&cursor, &isOdd)
            } else if text.equals("cache_creation") {
                try readSplit(&cursor, &fields)
            } else if text.equals("server_tool_use") {
                try readTools(&cursor, &fields)
            } else if text.equals("service_tier") {
                fields.tier = try UsageTally.text(&cursor)
            } else if text.equals("inference_geo") {
                fields.geo = try UsageTally.text(&cursor)
            } else if text.equals("speed") {
                fields.speed = try UsageTally.text(&cursor)
            } else {
                try cursor.skip()
            }
        }
        return fields
    }

    private mutating func readSplit(_ cursor: inout JSONCursor, _ fields: inout Fields) throws(JSONFault) {
        guard try cursor.entersObject() else { return }
        while let name = try cursor.nextName() {
            let text = cursor.raw(name)
            if text.equals("ephemeral_5m_input_tokens") {
                fields.write5m = try UsageTally.count(&cursor, &isOdd)
            } else if text.equals("ephemeral_1h_input_tokens") {
                fields.write1h = try UsageTally.count(&cursor, &isOdd)
            } else {
                try cursor.skip()
            }
        }
    }

    private mutating func readTools(_ cursor: inout JSONCursor, _ fields: inout Fields) throws(JSONFault) {
        guard try cursor.entersObject() else { return }
        while let name = try cursor.nextName() {
            if cursor.raw(name).equals("web_search_requests") {
                fields.webSearches = try UsageTally.count(&cursor, &isOdd)
            } else {
                try cursor.skip()
            }
        }
    }

    /// The counts so far as usage.
    var resolved: TokenUsage {
        var usage = TokenUsage()
        usage.input = now.input ?? 0
        usage.output = now.output ?? 0
        usage.cacheRead = now.cacheRead ?? 0
        usage.webSearches = now.webSearches ?? 0
        usage.serviceTier = now.tier
        usage.geo = now.geo
        usage.speed = now.speed
        usage.inconsistent = isOdd
        resolveWrites(&usage)
        return usage
    }

    /// The flat total and the split by life say the same thing twice. Without a split all is the short cache's; where they differ, the
    /// larger reading counts, with what the split leaves open as the short cache's.
    private func resolveWrites(_ usage: inout TokenUsage) {
        usage.cacheWrite5m = now.write5m ?? 0
        usage.cacheWrite1h = now.write1h ?? 0
        guard let total = now.cacheWrite else { return }
        let split = usage.cacheWrite5m + usage.cacheWrite1h
        if now.write5m == nil, now.write1h == nil {
            usage.cacheWrite5m = total
            usage.splitMissing = total > 0
        } else if split != total {
            usage.inconsistent = true
            usage.cacheWrite5m += max(0, total - split)
        }
    }
}
