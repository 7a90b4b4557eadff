import Logging
import Vocabulary

extension LogRecord {
    /// `2026-11-21T11:29:05.123Z INFO   storage opened  path=data/switchboard.sqlite`
    package func text(isColoured: Bool) -> String {
        let name = level.rawValue.uppercased()
        let padded = name + String(repeating: " ", count: max(0, 8 - name.utf8.count))
        var line = "\(time.rfc3339) \(isColoured ? level.colour + padded + "\u{1B}[0m" : padded) \(Self.escaped(message))"
        for (index, field) in fields.enumerated() {
            line += "\(index == 0 ? "  " : " ")\(Self.escaped(field.key))=\(Self.quotedIfNeeded(field.value))"
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
