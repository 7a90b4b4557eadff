extension String {
    /// At most `limit` characters as people count them, with "…" where something was cut.
    ///
    /// Never cuts inside a character: the predecessor died of a cut at byte 50 of a Chinese text.
    package func clipped(to limit: Int) -> String {
        guard let end = index(startIndex, offsetBy: max(0, limit), limitedBy: endIndex), end != endIndex else { return self }
        return self[..<end] + "…"
    }

    /// At most `limit` characters and about `bytes` bytes: one character may hold thousands of combining marks, and only such a one is cut inside.
    package func clipped(to limit: Int, bytes: Int) -> String {
        let clipped = clipped(to: limit)
        guard clipped.utf8.count > bytes else { return clipped }
        let whole = clipped.prefix(bytes: bytes) { $0.utf8.count }
        guard whole.isEmpty else { return String(whole) + "…" }
        return String(clipped.unicodeScalars.prefix(bytes: bytes) { UTF8.width($0) }) + "…"
    }

    /// Without white space and control characters at both ends.
    package var trimmed: String {
        let isEdge: (Character) -> Bool = { $0.isWhitespace || $0.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control } }
        guard let first = firstIndex(where: { !isEdge($0) }), let last = lastIndex(where: { !isEdge($0) }) else { return "" }
        return String(self[first...last])
    }
}

extension Collection {
    /// As many elements as fit into `bytes`.
    fileprivate func prefix(bytes: Int, size: (Element) -> Int) -> SubSequence {
        var left = bytes
        return prefix { element in
            left -= size(element)
            return left >= 0
        }
    }
}
