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
        line.append(time.rfc3339)
        line.append(UInt8(ascii: " "))
        if isColoured { line.append(level.colour) }
        line.append(level.padded)
        if isColoured { line.append("\u{1B}[0m") }
        line.append(UInt8(ascii: " "))
        if !line.append(message, ifEach: Self.isVisibleOrSpace) { line.append(Self.escaped(message)) }
        line.append(UInt8(ascii: " "))
        for field in fields {
            line.append(UInt8(ascii: " "))
            if !line.append(field.key, ifEach: Self.isVisibleOrSpace) { line.append(Self.escaped(field.key)) }
            line.append(UInt8(ascii: "="))
            if !line.append(field.value, ifEach: Self.isPlainByte) { line.append(Self.quotedIfNeeded(field.value)) }
        }
        if fields.isEmpty { line.removeLast() }
        return line
    }

    private static func quotedIfNeeded(_ value: String) -> String {
        let escaped = escaped(value)
        let isPlain =
            !value.isEmpty && escaped == value && !value.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" || $0 == "\\" }
        guard !isPlain else { return value }
        return "\"" + Self.escaped(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")) + "\""
    }

    /// Without anything that ends the line, moves the cursor or turns the direction of writing: a name must not be able to forge a line.
    private static func escaped(_ text: String) -> String {
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

    private static func isVisibleOrSpace(_ byte: UInt8) -> Bool { byte &- 0x20 < 0x5F }

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

extension [UInt8] {
    fileprivate mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }

    /// Adds a text that has bytes, and only such; false: nothing was added.
    fileprivate mutating func append(_ text: String, ifEach isPlain: (UInt8) -> Bool) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard !bytes.isEmpty, bytes.allSatisfy(isPlain) else { return false }
            append(contentsOf: bytes)
            return true
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
