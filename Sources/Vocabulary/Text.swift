extension String {
    /// At most `limit` characters as people count them, with "…" where something was cut.
    ///
    /// Never cuts inside a character: the predecessor died of a cut at byte 50 of a Chinese text.
    package func clipped(to limit: Int) -> String {
        guard let end = index(startIndex, offsetBy: max(0, limit), limitedBy: endIndex), end != endIndex else { return self }
        return self[..<end] + "…"
    }

    /// Without white space and control characters at both ends.
    package var trimmed: String {
        let isEdge: (Character) -> Bool = { $0.isWhitespace || $0.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control } }
        guard let first = firstIndex(where: { !isEdge($0) }), let last = lastIndex(where: { !isEdge($0) }) else { return "" }
        return String(self[first...last])
    }
}
