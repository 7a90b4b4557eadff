extension UsageReport {
    /// As a table for other programs: RFC 4180, a line of names first, costs in nano-dollars.
    package var csv: String {
        let head = ["name", "id"] + Self.columns.map(\.name)
        let lines = items.map { item in
            [item.name, item.id ?? ""].map(Self.field) + Self.columns.map { String($0.value(item.figures)) }
        }
        return ([head] + lines).map { $0.joined(separator: ",") + "\r\n" }.joined()
    }

    private static let columns: [(name: String, value: @Sendable (UsageFigures) -> Int64)] = [
        ("requests", { $0.requests }), ("failures", { $0.failures }), ("cancelled", { $0.cancelled }), ("refused", { $0.refused }),
        ("inputTokens", { $0.inputTokens }), ("outputTokens", { $0.outputTokens }), ("cacheReadTokens", { $0.cacheReadTokens }),
        ("cacheWriteTokens", { $0.cacheWriteTokens }), ("costNanoDollars", { $0.cost }), ("unpriced", { $0.unpriced }),
    ]

    /// Threat: a model or a key named `=HYPERLINK(…)` that a spreadsheet would run. An apostrophe in front makes it text there.
    private static func field(_ text: String) -> String {
        let isFormula = text.utf8.first.map { "=+-@\t\r\n".utf8.contains($0) } ?? false
        let text = isFormula ? "'" + text : text
        guard text.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else { return text }
        // By bytes: to Swift \r\n is one character, which would hide neither but is no quote.
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 { quoted += byte == UInt8(ascii: "\"") ? [byte, byte] : [byte] }
        return String(decoding: quoted + [UInt8(ascii: "\"")], as: UTF8.self)
    }
}
