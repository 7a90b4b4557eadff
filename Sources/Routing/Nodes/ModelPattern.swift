/// A model's name where `*` stands for anything, also for nothing.
///
/// The match takes time in proportion to the name, whatever the pattern: both come from people, and the name from any client.
package struct ModelPattern: Hashable, Sendable {
    /// Longer patterns and names are refused.
    package static let maxBytes = 256

    package let text: String
    private let prefix: [UInt8]
    /// What must follow, in order, anywhere between the ends.
    private let middle: [Segment]
    /// Nil when the pattern has no `*`: then `prefix` is all of the name.
    private let suffix: [UInt8]?

    /// Nil when `text` is empty or longer than `maxBytes`.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= Self.maxBytes else { return nil }
        let pieces = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
        self.text = text
        prefix = pieces.first ?? []
        suffix = pieces.count > 1 ? pieces.last : nil
        middle = pieces.dropFirst().dropLast().filter { !$0.isEmpty }.map(Segment.init)
    }

    /// Compares bytes: `Claude` is not `claude`.
    package func matches(_ model: String) -> Bool {
        let bytes = Array(model.utf8)
        guard bytes.count <= Self.maxBytes, bytes.starts(with: prefix) else { return false }
        guard let suffix else { return bytes.count == prefix.count }
        guard bytes.count >= prefix.count + suffix.count, bytes.suffix(suffix.count) == suffix[...] else { return false }
        var rest = bytes[prefix.count..<(bytes.count - suffix.count)]
        for segment in middle {
            // The leftmost place leaves the most for those that follow.
            guard let end = segment.end(in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }
}

extension ModelPattern {
    /// A text to be found, with the table of Knuth, Morris and Pratt, which makes the search linear.
    private struct Segment: Hashable, Sendable {
        let bytes: [UInt8]
        /// For each place the length of the longest beginning that ends there again.
        let borders: [Int]

        init(_ bytes: [UInt8]) {
            var borders = Array(repeating: 0, count: bytes.count)
            var length = 0
            for place in bytes.indices.dropFirst() {
                while length > 0, bytes[length] != bytes[place] { length = borders[length - 1] }
                if bytes[length] == bytes[place] { length += 1 }
                borders[place] = length
            }
            self.bytes = bytes
            self.borders = borders
        }

        /// Where its first occurrence in `text` ends.
        func end(in text: ArraySlice<UInt8>) -> Int? {
            var matched = 0
            for (place, byte) in zip(text.indices, text) {
                while matched > 0, bytes[matched] != byte { matched = borders[matched - 1] }
                if bytes[matched] == byte { matched += 1 }
                if matched == bytes.count { return place + 1 }
            }
            return nil
        }
    }
}
