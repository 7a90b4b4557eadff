extension JSONCursor {
    /// The bytes of a string as they stand between the quotes.
    @inline(__always)
    func raw(_ string: JSONString) -> UnsafeRawBufferPointer { bytes.slice(string.start, string.end) }

    /// Whether a string says `text`, escapes or not: `"mod\u0065l"` is `model` to every reader.
    @inline(__always)
    func says(_ string: JSONString, _ text: StaticString) -> Bool {
        if !string.hasEscapes { return raw(string).equals(text) }
        // An escape takes six bytes to say one: longer strings say something else.
        guard string.end - string.start <= 6 * text.utf8CodeUnitCount, let decoded = JSONText.unescaped(raw(string)) else { return false }
        return decoded.withUnsafeBytes { $0.equals(text) }
    }

    /// What a string says; nil when it is longer than `limit` bytes, or no Unicode (bad UTF-8, half a surrogate pair).
    func text(_ string: JSONString, limit: Int) -> String? {
        let raw = raw(string)
        // An escape takes six bytes to say one.
        guard raw.count <= limit || (string.hasEscapes && raw.count / 6 <= limit) else { return nil }
        guard string.hasEscapes else {
            // Most are ASCII, and the validating reader takes ten times as long to say so.
            return raw.isASCII ? String(decoding: raw, as: UTF8.self) : String(validating: raw, as: UTF8.self)
        }
        guard let decoded = JSONText.unescaped(raw), decoded.count <= limit else { return nil }
        return String(validating: decoded, as: UTF8.self)
    }

    /// The value, if it is a string of at most `limit` bytes. Walks over it in any case.
    mutating func textValue(limit: Int) throws(JSONFault) -> String? {
        guard byte == UInt8(ascii: "\"") else { try skip(); return nil }
        let string = try string()
        return text(string, limit: limit)
    }

    /// The value, if it is a whole number that `Int` holds (also written `12.0`). Walks over it in any case.
    mutating func integerValue() throws(JSONFault) -> Int? {
        guard byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10 else { try skip(); return nil }
        var digits = try number()
        if digits.count > 2, digits.hasSuffix(".0") { digits = digits.slice(0, digits.count - 2) }
        guard digits.count <= 20 else { return nil }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// The value, if it is `true` or `false`. Walks over it in any case.
    mutating func flagValue() throws(JSONFault) -> Bool? {
        let first = byte
        try skip()
        return first == UInt8(ascii: "t") ? true : first == UInt8(ascii: "f") ? false : nil
    }

    /// Walks over the value and answers whether it says something: not `null`, not an empty string, array or object.
    mutating func isFilledValue() throws(JSONFault) -> Bool {
        let start = position
        let first = byte
        try skip()
        switch first {
        case UInt8(ascii: "n"): return false
        case UInt8(ascii: "\""): return position - start > 2
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            // Between the brackets of an empty container is nothing but white space.
            return bytes.slice(start + 1, position - 1).contains { $0 > 0x20 }
        default: return true
        }
    }

    /// Goes into the value if it is an object. Otherwise walks over it and answers false.
    mutating func entersObject() throws(JSONFault) -> Bool {
        guard byte == UInt8(ascii: "{") else { try skip(); return false }
        try enterObject()
        return true
    }

    /// Goes into the value if it is an array. Otherwise walks over it and answers false.
    mutating func entersArray() throws(JSONFault) -> Bool {
        guard byte == UInt8(ascii: "[") else { try skip(); return false }
        try enterArray()
        return true
    }
}
