extension String {
    /// At most `limit` characters as people count them, with "…" where something was cut.
    ///
    /// Never cuts inside a character: the predecessor died of a cut at byte 50 of a Chinese text.
    package func clipped(to limit: Int) -> String {
        guard let end = index(startIndex, offsetBy: max(0, limit), limitedBy: endIndex), end != endIndex else { return self }
        return self[..<end] + "…"
    }

    /// At most `limit` characters and `bytes` bytes before the "…". Cuts inside a character only where that one alone is too long: it may
    /// hold thousands of combining marks.
    package func clipped(to limit: Int, bytes: Int) -> String {
        let clipped = clipped(to: limit)
        guard clipped.utf8.count > bytes else { return clipped }
        var kept = ""
        for character in clipped {
            guard kept.utf8.count + character.utf8.count <= bytes else { break }
            kept.append(character)
        }
        return (kept.isEmpty ? clipped.scalars(upTo: bytes) : kept) + "…"
    }

    private func scalars(upTo bytes: Int) -> String {
        var kept = UnicodeScalarView()
        var size = 0
        for scalar in unicodeScalars {
            size += UTF8.width(scalar)
            if size > bytes { break }
            kept.append(scalar)
        }
        return String(kept)
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
