/// Why bytes are no JSON that we take.
enum JSONFault: Error {
    /// Not RFC 8259.
    case malformed
    /// More than 256 containers in each other.
    case tooDeep
}

/// A string of a JSON text, as it stands there: the bytes between the quotes.
struct JSONString {
    let start: Int
    let end: Int
    let hasEscapes: Bool
}

/// Walks a JSON text front to back without building values: what is not asked for is checked and skipped.
///
/// Containers are walked by pulling: `try cursor.enterObject(); while let name = try cursor.nextName() { … one value … }`.
/// Every input gives an answer or a `JSONFault`, in time that grows with its length. Own code: a decoder would build what we throw away,
/// and none tells byte ranges (docs/decisions/0003).
struct JSONCursor {
    static let depthLimit = 256

    let bytes: UnsafeRawBufferPointer
    private(set) var position = 0
    /// Containers that are open.
    private(set) var depth = 0
    /// Where the comma before the last name is; nil for the first of its object.
    private(set) var commaBeforeName: Int?
    private var isFirst = false

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The one place that reads a single byte, after its bounds check. 0 at the end, which no rule of JSON takes.
    @inline(__always)
    var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

    @inline(__always)
    mutating func skipSpace() {
        while true {
            switch byte {
            case 0x20, 0x0A, 0x0D, 0x09: position &+= 1
            default: return
            }
        }
    }

    /// Nothing but white space is left.
    mutating func isAtEnd() -> Bool {
        skipSpace()
        return position == bytes.count
    }

    mutating func enterObject() throws(JSONFault) { try enter(UInt8(ascii: "{")) }

    mutating func enterArray() throws(JSONFault) { try enter(UInt8(ascii: "[")) }

    /// The next member's name, with the cursor on its value; nil at the end of the object.
    mutating func nextName() throws(JSONFault) -> JSONString? {
        guard try advances(closing: UInt8(ascii: "}")) else { return nil }
        return try name()
    }

    /// Whether the array has one more element, with the cursor on it.
    mutating func nextElement() throws(JSONFault) -> Bool {
        try advances(closing: UInt8(ascii: "]"))
    }

    /// A string, from its opening quote on.
    @inline(__always)
    mutating func string() throws(JSONFault) -> JSONString {
        guard byte == UInt8(ascii: "\"") else { throw .malformed }
        let start = position &+ 1
        let end = bytes.first(from: start, marks: ByteWord.stringMarks, isWanted: Self.endsText)
        guard end < bytes.count else { throw .malformed }
        if bytes[end] == UInt8(ascii: "\"") {
            position = end &+ 1
            return JSONString(start: start, end: end, hasEscapes: false)
        }
        position = end
        return try escapedString(from: start)
    }

    /// A number's bytes.
    mutating func number() throws(JSONFault) -> UnsafeRawBufferPointer {
        let start = position
        if byte == UInt8(ascii: "-") { position &+= 1 }
        if byte == UInt8(ascii: "0") { position &+= 1 } else { try digits() }
        if byte == UInt8(ascii: ".") {
            position &+= 1
            try digits()
        }
        if byte | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position &+= 1 }
            try digits()
        }
        return bytes.slice(start, position)
    }

    /// `true`, `false` or `null`, as `word` says.
    mutating func word(_ word: StaticString) throws(JSONFault) {
        let end = position &+ word.utf8CodeUnitCount
        guard end <= bytes.count, bytes.slice(position, end).equals(word) else { throw .malformed }
        position = end
    }

    /// One more container; the cursor goes past its bracket.
    @inline(__always)
    mutating func open() throws(JSONFault) {
        guard depth < Self.depthLimit else { throw .tooDeep }
        depth &+= 1
        position &+= 1
    }

    /// The cursor goes past a closing bracket.
    @inline(__always)
    mutating func close() {
        depth &-= 1
        position &+= 1
    }

    /// A name and its colon; the cursor is on the value.
    @inline(__always)
    mutating func name() throws(JSONFault) -> JSONString {
        let name = try string()
        skipSpace()
        guard byte == UInt8(ascii: ":") else { throw .malformed }
        position &+= 1
        skipSpace()
        return name
    }

    /// Past a comma and the space behind it.
    @inline(__always)
    mutating func passComma() {
        commaBeforeName = position
        position &+= 1
        skipSpace()
    }

    /// Before the first name of an object.
    @inline(__always)
    mutating func forgetComma() { commaBeforeName = nil }

    private mutating func enter(_ bracket: UInt8) throws(JSONFault) {
        guard byte == bracket else { throw .malformed }
        try open()
        isFirst = true
    }

    private mutating func advances(closing bracket: UInt8) throws(JSONFault) -> Bool {
        skipSpace()
        if byte == bracket {
            isFirst = false
            close()
            return false
        }
        if isFirst {
            isFirst = false
            forgetComma()
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw .malformed }
        passComma()
        return true
    }

    @inline(__always)
    private static func endsText(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escapedString(from start: Int) throws(JSONFault) -> JSONString {
        while byte == UInt8(ascii: "\\") {
            position &+= 1
            try escape()
            position = bytes.first(from: position, marks: ByteWord.stringMarks, isWanted: Self.endsText)
        }
        guard byte == UInt8(ascii: "\"") else { throw .malformed }
        defer { position &+= 1 }
        return JSONString(start: start, end: position, hasEscapes: true)
    }

    @inline(__always)
    private mutating func escape() throws(JSONFault) {
        switch byte {
        case UInt8(ascii: "n"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "t"), UInt8(ascii: "/"), UInt8(ascii: "r"),
            UInt8(ascii: "b"), UInt8(ascii: "f"):
            position &+= 1
        case UInt8(ascii: "u"):
            for _ in 0..<4 {
                position &+= 1
                guard HexDigit.value(byte) != nil else { throw .malformed }
            }
            position &+= 1
        default: throw .malformed
        }
    }

    @inline(__always)
    private mutating func digits() throws(JSONFault) {
        let start = position
        while byte &- UInt8(ascii: "0") < 10 { position &+= 1 }
        guard position > start else { throw .malformed }
    }
}
