package import Logging
package import Vocabulary

/// One line of the log before it's written: outside text in it is already clipped, nothing is escaped yet.
package struct LogRecord: Sendable {
    package let time: Timestamp
    package let level: Logger.Level
    package let label: String
    package let message: String
    /// Sorted by key; nested metadata has keys with dots.
    package let fields: [(key: String, value: String)]

    package init(time: Timestamp, level: Logger.Level, label: String, message: String, metadata: Logger.Metadata) {
        self.time = time
        self.level = level
        self.label = label
        self.message = LogText.clipped(message)
        var fields: [(key: String, value: String)] = []
        fields.reserveCapacity(metadata.count)
        Self.flatten(metadata, prefix: "", depth: 0, into: &fields)
        fields.sort { $0.key < $1.key }
        self.fields = fields
    }

    private static func flatten(_ metadata: Logger.Metadata, prefix: String, depth: Int, into fields: inout [(key: String, value: String)])
    {
        for (key, value) in metadata {
            let name = LogText.clipped(prefix.isEmpty ? key : prefix + key)
            if case .dictionary(let inner) = value, depth < 4, !inner.isEmpty {
                flatten(inner, prefix: name + ".", depth: depth + 1, into: &fields)
            } else {
                fields.append((name, LogText.clipped(text(of: value))))
            }
        }
    }

    /// Most values are plain texts: an interpolation would build each of them anew.
    private static func text(of value: Logger.MetadataValue) -> String {
        if case .string(let text) = value { text } else { "\(value)" }
    }
}

/// Limits for text that comes from outside.
enum LogText {
    static let limit = 2_000
    /// One character may hold any number of combining marks.
    private static let byteLimit = 16 * limit

    /// At most 2,000 characters and 32,000 bytes, with "…" where something was cut, never inside a character unless it's larger than that.
    static func clipped(_ text: String) -> String {
        // A character has a byte at least: nearly every text is told to be short enough without counting characters.
        guard text.utf8.count > limit else { return text }
        guard text.utf8.count > byteLimit else { return text.clipped(to: limit) }
        var bytes = Array(text.utf8.prefix(byteLimit + 1))
        // Back to the border of a scalar: what is dropped last is a byte that begins one.
        while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
        let part = String(decoding: bytes, as: UTF8.self)
        // The last character may have lost marks; one that fills everything is cut all the same.
        let whole = part.dropLast()
        return String(whole.isEmpty ? part[...] : whole.prefix(limit)) + "…"
    }
}
