import Logging
import Vocabulary

extension LogRecord {
    private static let reserved: Set<String> = ["time", "level", "label", "message"]

    /// `{"time":"…","level":"info","label":"…","message":"…","path":"…"}`: every value of the metadata is a string.
    package var json: String {
        var line =
            "{\"time\":\"\(time.rfc3339)\",\"level\":\"\(level.rawValue)\",\"label\":\(label.jsonQuoted),\"message\":\(message.jsonQuoted)"
        var used = Self.reserved
        for field in fields {
            var key = field.key
            // An object with a key twice is read differently by every reader.
            while !used.insert(key).inserted { key += "_" }
            line += ",\(key.jsonQuoted):\(field.value.jsonQuoted)"
        }
        return line + "}"
    }
}
