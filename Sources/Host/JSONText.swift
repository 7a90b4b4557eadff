/// A value of JSON text (RFC 8259), for those parts of the house that do without Foundation.
///
/// Total: any bytes are read or refused; depth and count are bounded before anything grows.
package indirect enum JSONText: Sendable, Equatable {
    case null
    case bool(Bool)
    /// As it was written.
    case number(String)
    case string(String)
    case array([JSONText])
    /// In the order of the text; of equal names the first counts.
    case object([(name: String, value: JSONText)])

    /// - Parameters:
    ///   - bytes: UTF-8; broken sequences become U+FFFD.
    ///   - depth: arrays and objects inside each other.
    ///   - values: of any kind, in all.
    package init?(_ bytes: some Collection<UInt8>, depth: Int = 32, values: Int = 100_000) {
        var reader = JSONTextReader(bytes: Array(bytes), left: values)
        guard let value = reader.value(depth: depth), reader.isAtEnd else { return nil }
        self = value
    }

    package subscript(_ name: String) -> JSONText? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var array: [JSONText] {
        guard case .array(let items) = self else { return [] }
        return items
    }

    package var int: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }

    package var bool: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    package static func == (left: JSONText, right: JSONText) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.number(let one), .number(let other)), (.string(let one), .string(let other)): one == other
        case (.array(let one), .array(let other)): one == other
        case (.object(let one), .object(let other)):
            one.count == other.count && zip(one, other).allSatisfy { $0.name == $1.name && $0.value == $1.value }
        default: false
        }
    }
}

/// Goes through the bytes once.
private struct JSONTextReader {
    let bytes: [UInt8]
    var left: Int
    private var position = 0

    init(bytes: [UInt8], left: Int) {
        self.bytes = bytes
        self.left = left
    }

    private var next: UInt8? { bytes.indices.contains(position) ? bytes[position] : nil }

    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return position >= bytes.count
        }
    }

    mutating func value(depth: Int) -> JSONText? {
        guard left > 0 else { return nil }
        left -= 1
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return object(depth: depth - 1)
        case UInt8(ascii: "["): return array(depth: depth - 1)
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "t"): return word("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return word("false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return word("null") ? .null : nil
        default: return number()
        }
    }

    private mutating func object(depth: Int) -> JSONText? {
        guard depth >= 0 else { return nil }
        position += 1
        var members: [(name: String, value: JSONText)] = []
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\""), let name = string(), take(":"), let value = value(depth: depth) else { return nil }
            members.append((name, value))
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> JSONText? {
        guard depth >= 0 else { return nil }
        position += 1
        var items: [JSONText] = []
        if take("]") { return .array(items) }
        repeat {
            guard let item = value(depth: depth) else { return nil }
            items.append(item)
        } while take(",")
        return take("]") ? .array(items) : nil
    }

    private mutating func number() -> JSONText? {
        let start = position
        while let byte = next, Self.isOfNumber(byte) { position += 1 }
        guard position > start, position - start <= 64 else { return nil }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
            UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private mutating func string() -> String? {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard escape(into: &text) else { return nil }
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape(into text: inout [UInt8]) -> Bool {
        guard let byte = next else { return false }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "u"):
            guard let scalar = unicode() else { return false }
            text += Array(String(Character(scalar)).utf8)
        default: text.append(byte)
        }
        return true
    }

    /// Four hex digits, or two times four that are a pair; half a pair becomes U+FFFD.
    private mutating func unicode() -> Unicode.Scalar? {
        guard let first = hex() else { return nil }
        if let scalar = Unicode.Scalar(first) { return scalar }
        let isPair = first < 0xDC00 && bytes.dropFirst(position).starts(with: [0x5C, 0x75])
        guard isPair else { return "\u{FFFD}" }
        position += 2
        guard let second = hex() else { return nil }
        guard (0xDC00...0xDFFF).contains(second) else { return "\u{FFFD}" }
        return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func hex() -> UInt32? {
        let digits = bytes.dropFirst(position).prefix(4)
        guard digits.count == 4, let number = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
        position += 4
        return number
    }

    private mutating func word(_ word: String) -> Bool {
        guard bytes.dropFirst(position).starts(with: Array(word.utf8)) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }
}
