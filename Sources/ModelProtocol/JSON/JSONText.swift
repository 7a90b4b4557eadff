/// Strings of JSON, written and read.
enum JSONText {
    /// Adds `text` with its quotes, escaped as RFC 8259 section 7 asks.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0..<0x20: bytes.append(contentsOf: "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// `text` as a JSON string with its quotes.
    static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 2)
        append(text, to: &bytes)
        return bytes
    }

    /// What the bytes between two quotes stand for; nil for what is no escape and for half a surrogate pair. Bytes that are not UTF-8 stay.
    static func unescaped(_ raw: UnsafeRawBufferPointer) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var at = 0
        while at < raw.count {
            guard raw[at] == UInt8(ascii: "\\") else {
                bytes.append(raw[at])
                at += 1
                continue
            }
            guard let length = escape(raw, at, &bytes) else { return nil }
            at += length
        }
        return bytes
    }

    /// The length of the escape at `at`, whose meaning is added to `bytes`.
    private static func escape(_ raw: UnsafeRawBufferPointer, _ at: Int, _ bytes: inout [UInt8]) -> Int? {
        guard at + 1 < raw.count else { return nil }
        switch raw[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(raw[at + 1])
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): return scalar(raw, at, &bytes)
        default: return nil
        }
        return 2
    }

    private static func scalar(_ raw: UnsafeRawBufferPointer, _ at: Int, _ bytes: inout [UInt8]) -> Int? {
        guard let first = unit(raw, at) else { return nil }
        var value = first
        var length = 6
        if first & 0xFC00 == 0xD800 {
            guard let second = unit(raw, at + 6), second & 0xFC00 == 0xDC00 else { return nil }
            value = 0x10000 + (first & 0x3FF) << 10 + second & 0x3FF
            length = 12
        }
        guard let scalar = Unicode.Scalar(value) else { return nil }
        bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        return length
    }

    /// The 16 bits of `\uXXXX`.
    private static func unit(_ raw: UnsafeRawBufferPointer, _ at: Int) -> UInt32? {
        guard at + 6 <= raw.count, raw[at] == UInt8(ascii: "\\"), raw[at + 1] == UInt8(ascii: "u") else { return nil }
        var value: UInt32 = 0
        for index in at + 2..<at + 6 {
            guard let digit = HexDigit.value(raw[index]) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
