import Logging
import Vocabulary

extension LogRecord {
    /// `2026-11-21T11:29:05.123Z INFO   storage opened  path=data/switchboard.sqlite`
    package func text(isColoured: Bool) -> String {
        String(decoding: textBytes(isColoured: isColoured), as: UTF8.self)
    }

    /// The same as bytes. Every request has a line: one buffer that grows, not a text for each piece.
    func textBytes(isColoured: Bool) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        line.append(contentsOf: time.rfc3339.utf8)
        line.append(UInt8(ascii: " "))
        if isColoured { line.append(contentsOf: level.colour.utf8) }
        line.append(contentsOf: level.padded.utf8)
        if isColoured { line.append(contentsOf: "\u{1B}[0m".utf8) }
        line.append(UInt8(ascii: " "))
        line.append(contentsOf: Self.escaped(message).utf8)
        var gap = "  "
        for field in fields {
            line.append(contentsOf: gap.utf8)
            line.append(contentsOf: Self.escaped(field.key).utf8)
            line.append(UInt8(ascii: "="))
            line.append(contentsOf: Self.quotedIfNeeded(field.value).utf8)
            gap = " "
        }
        return line
    }

    private static func quotedIfNeeded(_ value: String) -> String {
        if !value.isEmpty, value.utf8.allSatisfy(isPlainByte) { return value }
        let escaped = escaped(value)
        let isPlain =
            !value.isEmpty && escaped == value && !value.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" || $0 == "\\" }
        guard !isPlain else { return value }
        return "\"" + Self.escaped(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")) + "\""
    }

    /// Without anything that ends the line, moves the cursor or turns the direction of writing: a name must not be able to forge a line.
    private static func escaped(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        guard text.unicodeScalars.contains(where: isDangerous) else { return text }
        return text.unicodeScalars.reduce(into: "") { out, scalar in
            switch scalar {
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case let scalar where isDangerous(scalar): out += "\\u{\(String(scalar.value, radix: 16))}"
            default: out.unicodeScalars.append(scalar)
            }
        }
    }

    /// A visible character of ASCII that needs no quotes around it: what nearly all values are made of.
    private static func isPlainByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "="), UInt8(ascii: "\\"): false
        default: (0x21..<0x7F).contains(byte)
        }
    }

    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F: false
        // Line and paragraph separator; marks, embeddings, overrides and isolates of direction.
        case 0x2028, 0x2029, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: scalar.properties.generalCategory == .control
        }
    }
}

extension Logger.Level {
    /// As wide as the longest.
    fileprivate var padded: String {
        switch self {
        case .trace: "TRACE   "
        case .debug: "DEBUG   "
        case .info: "INFO    "
        case .notice: "NOTICE  "
        case .warning: "WARNING "
        case .error: "ERROR   "
        case .critical: "CRITICAL"
        }
    }

    /// The terminal's sequence before the level.
    fileprivate var colour: String {
        switch self {
        case .trace, .debug: "\u{1B}[2m"
        case .info: "\u{1B}[32m"
        case .notice: "\u{1B}[36m"
        case .warning: "\u{1B}[33m"
        case .error, .critical: "\u{1B}[31m"
        }
    }
}
