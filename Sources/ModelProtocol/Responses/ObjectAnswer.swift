/// What matters of an answer about batches or files: whose they are, and where results are to be fetched.
package struct ObjectAnswer: Hashable, Sendable {
    /// Elements of a list that are read; a page of the vendors' has at most 1,000.
    package static let elementLimit = 2_000
    private static let idLimit = 128

    /// One object of a list.
    package struct Element: Hashable, Sendable {
        package let id: String?
        /// Its bytes in the body.
        package let range: Range<Int>
    }

    /// Of the object that the answer is.
    package private(set) var id: String?
    /// Of the list that the answer is; nil when it is none.
    package private(set) var elements: [Element]?
    /// Files that the object has written: OpenAI's batches tell of them.
    package private(set) var files: [String] = []
    /// The insides of all `results_url` strings, in the order of the body.
    private var addresses: [Range<Int>] = []

    /// Reads a whole answer; nil when it is no JSON object.
    package init?(_ body: UnsafeRawBufferPointer) {
        var cursor = JSONCursor(body)
        do throws(JSONFault) {
            cursor.skipSpace()
            guard try cursor.entersObject() else { return nil }
            while let name = try cursor.nextName() {
                if cursor.says(name, "data"), cursor.byte == UInt8(ascii: "[") {
                    try readList(&cursor)
                } else if cursor.says(name, "id") {
                    id = try cursor.textValue(limit: Self.idLimit)
                } else if cursor.says(name, "output_file_id") || cursor.says(name, "error_file_id") {
                    if let file = try cursor.textValue(limit: Self.idLimit) { files.append(file) }
                } else {
                    try takeOrSkip(name, &cursor)
                }
            }
            guard cursor.isAtEnd() else { return nil }
        } catch { return nil }
    }

    private mutating func readList(_ cursor: inout JSONCursor) throws(JSONFault) {
        var list: [Element] = []
        try cursor.enterArray()
        while try cursor.nextElement() {
            cursor.skipSpace()
            let start = cursor.position
            var id: String?
            if try cursor.entersObject() {
                while let name = try cursor.nextName() {
                    if cursor.says(name, "id") {
                        id = try cursor.textValue(limit: Self.idLimit)
                    } else {
                        try takeOrSkip(name, &cursor)
                    }
                }
            }
            // What is beyond the limit is one element of nobody's, so that it is cut rather than passed unread.
            guard list.count > Self.elementLimit, let rest = list.popLast() else {
                list.append(Element(id: list.count < Self.elementLimit ? id : nil, range: start..<cursor.position))
                continue
            }
            list.append(Element(id: nil, range: rest.range.lowerBound..<cursor.position))
        }
        elements = list
    }

    private mutating func takeOrSkip(_ name: JSONString, _ cursor: inout JSONCursor) throws(JSONFault) {
        guard cursor.says(name, "results_url"), cursor.byte == UInt8(ascii: "\"") else { return try cursor.skip() }
        let value = try cursor.string()
        addresses.append(value.start..<value.end)
    }

    /// The answer with only those elements of its list that `keeps` wants, and with `base` at the beginning of its `results_url`s where
    /// the node's own address was. Everything else is byte for byte as it came.
    package func rewritten(_ body: [UInt8], from node: String, to base: String, keeps: (String) -> Bool) -> [UInt8] {
        var cuts = addressCuts(body, from: Array(node.utf8), to: Array(base.utf8)) + elementCuts(keeps)
        cuts.sort { $0.range.lowerBound < $1.range.lowerBound }
        var out: [UInt8] = []
        out.reserveCapacity(body.count)
        var at = 0
        for cut in cuts where cut.range.lowerBound >= at && cut.range.upperBound <= body.count {
            out += body[at..<cut.range.lowerBound] + cut.bytes
            at = cut.range.upperBound
        }
        return out + body[at...]
    }

    private typealias Cut = (range: Range<Int>, bytes: [UInt8])

    private func addressCuts(_ body: [UInt8], from node: [UInt8], to base: [UInt8]) -> [Cut] {
        addresses.compactMap { range in
            guard range.upperBound <= body.count, body[range].starts(with: node) else { return nil }
            return (range.lowerBound..<range.lowerBound + node.count, base)
        }
    }

    /// From each element to the next one, so that the commas stay right.
    private func elementCuts(_ keeps: (String) -> Bool) -> [Cut] {
        guard let elements, let first = elements.first, let last = elements.last else { return [] }
        let kept = elements.filter { $0.id.map(keeps) ?? false }
        guard kept.count < elements.count else { return [] }
        guard let firstKept = kept.first, let lastKept = kept.last else { return [(first.range.lowerBound..<last.range.upperBound, [])] }
        var cuts: [Cut] = [
            (first.range.lowerBound..<firstKept.range.lowerBound, []), (lastKept.range.upperBound..<last.range.upperBound, []),
        ]
        for (one, next) in zip(kept, kept.dropFirst()) {
            cuts.append((one.range.upperBound..<next.range.lowerBound, [UInt8(ascii: ",")]))
        }
        return cuts
    }
}
