/// Why a text is not acceptable JSON.
package enum JSONError: Error, Equatable, Sendable {
    /// Not RFC 8259, or not UTF-8; `offset` is the byte where that showed.
    case malformed(offset: Int)
    /// Deeper or wider than the limits allow.
    case tooDeep
}

/// A total parser of RFC 8259 with limits on depth and width: every input gives a value or a `JSONError`, never a trap.
///
/// Own code because Foundation's decoder takes 512 levels and a dictionary a frame; see docs/decisions/0003-own-json-for-frames.md.
package struct JSONReader: ~Copyable {
    /// Nesting of arrays and objects.
    package static let depthLimit = 32
    /// Members of one object, elements of one array.
    package static let widthLimit = 256

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// Reads one value and nothing after it but white space.
    package static func read(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes: bytes.assumingMemoryBound(to: UInt8.self))
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.peek() == nil else { throw reader.malformed }
        return value
    }

    /// Reads a text that is already in memory as bytes.
    package static func read(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        let result: Result<JSONValue, JSONError> = bytes.withUnsafeBytes { raw in
            do throws(JSONError) { return .success(try read(raw)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private var malformed: JSONError { .malformed(offset: position) }

    /// The one place that touches memory, after its bounds check.
    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func next() -> UInt8? {
        guard let byte = peek() else { return nil }
        position += 1
        return byte
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipSpace()
        switch peek() {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard next() == word.utf8Start[index] else { throw malformed }
        }
        return value
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= Self.depthLimit else { throw .tooDeep }
        position += 1
        var object = JSONObject()
        skipSpace()
        if peek() == UInt8(ascii: "}") { position += 1; return .object(object) }
        while true {
            guard object.members.count < Self.widthLimit else { throw .tooDeep }
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw malformed }
            let name = try string()
            skipSpace()
            guard next() == UInt8(ascii: ":") else { throw malformed }
            guard object.append(name, try value(depth: depth)) else { throw malformed }
            skipSpace()
            switch next() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "}"): return .object(object)
            default: throw malformed
            }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= Self.depthLimit else { throw .tooDeep }
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if peek() == UInt8(ascii: "]") { position += 1; return .array(elements) }
        while true {
            guard elements.count < Self.widthLimit else { throw .tooDeep }
            elements.append(try value(depth: depth))
            skipSpace()
            switch next() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "]"): return .array(elements)
            default: throw malformed
            }
        }
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if peek() == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try text(bytes[start..<position])
        }
        return try escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var collected = Array(bytes[start..<position])
        while let byte = next() {
            switch byte {
            case UInt8(ascii: "\""): return try text(collected[...])
            case UInt8(ascii: "\\"): try escape(into: &collected)
            case 0x20...: collected.append(byte)
            default: throw malformed
            }
        }
        throw malformed
    }

    private func text(_ slice: some Collection<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw malformed }
        return text
    }

    private mutating func escape(into collected: inout [UInt8]) throws(JSONError) {
        switch next() {
        case UInt8(ascii: "\""): collected.append(0x22)
        case UInt8(ascii: "\\"): collected.append(0x5C)
        case UInt8(ascii: "/"): collected.append(0x2F)
        case UInt8(ascii: "b"): collected.append(0x08)
        case UInt8(ascii: "f"): collected.append(0x0C)
        case UInt8(ascii: "n"): collected.append(0x0A)
        case UInt8(ascii: "r"): collected.append(0x0D)
        case UInt8(ascii: "t"): collected.append(0x09)
        case UInt8(ascii: "u"): collected.append(contentsOf: Array(try unicodeEscape().utf8))
        default: throw malformed
        }
    }

    /// A lone surrogate has no UTF-8 form (RFC 8259 section 8.2): refused.
    private mutating func unicodeEscape() throws(JSONError) -> String {
        let first = try fourDigits()
        var scalar = first
        if first & 0xFC00 == 0xD800 {
            guard next() == UInt8(ascii: "\\"), next() == UInt8(ascii: "u") else { throw malformed }
            let second = try fourDigits()
            guard second & 0xFC00 == 0xDC00 else { throw malformed }
            scalar = 0x10000 + (first & 0x3FF) << 10 + second & 0x3FF
        }
        guard let unicode = Unicode.Scalar(scalar) else { throw malformed }
        return String(unicode)
    }

    private mutating func fourDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw malformed }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        if peek() == UInt8(ascii: "-") { position += 1 }
        switch peek() {
        case UInt8(ascii: "0"): position += 1
        case .some(0x31...0x39): skipDigits()
        default: throw malformed
        }
        var isInteger = true
        if peek() == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            guard skipDigits() > 0 else { throw malformed }
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            guard skipDigits() > 0 else { throw malformed }
        }
        guard position - start <= 64 else { throw malformed }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let exact = Int64(text) { return .integer(exact) }
        guard let number = Double(text), number.isFinite else { throw malformed }
        return .number(number)
    }

    @discardableResult
    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = peek(), (0x30...0x39).contains(byte) { position += 1 }
        return position - start
    }
}
