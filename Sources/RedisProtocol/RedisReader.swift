package import NIOCore

/// Takes a stream of RESP2 or RESP3 apart, however it is cut: each byte is looked at once, except those of an unfinished line.
package struct RedisReader: Sendable {
    /// A list whose elements are still coming.
    private struct Open {
        let kind: Kind
        var missing: Int
        var values: [RedisValue] = []
    }

    private enum Kind { case array, map, push, attribute }

    /// What a text of known length turns into.
    private enum Text { case bytes, error, verbatim }

    private let limits: RedisSyntaxLimits
    private var open: [Open] = []
    private var text: (length: Int, kind: Text)?
    private var elements = 0
    private var bytes = 0

    package init(limits: RedisSyntaxLimits = RedisSyntaxLimits()) {
        self.limits = limits
    }

    /// The next whole value, or nil when more bytes are needed. After an error the reader is of no use any more.
    package mutating func next(_ buffer: inout ByteBuffer) throws(RedisSyntaxError) -> RedisValue? {
        while let step = try step(&buffer) {
            guard case .value(let value) = step else { continue }
            if let whole = close(with: value) {
                (elements, bytes) = (0, 0)
                return whole
            }
        }
        return nil
    }

    private enum Step {
        case value(RedisValue)
        /// A head was read, or an attribute passed over.
        case on
    }

    /// Nil when more bytes are needed.
    private mutating func step(_ buffer: inout ByteBuffer) throws(RedisSyntaxError) -> Step? {
        if let text { return try read(text.length, text.kind, &buffer) }
        guard let line = try line(&buffer) else { return nil }
        try count(bytes: line.readableBytes)
        var rest = line
        guard let type: UInt8 = rest.readInteger() else { throw .unknownType(0) }
        return try begin(type, rest)
    }

    private mutating func begin(_ type: UInt8, _ line: ByteBuffer) throws(RedisSyntaxError) -> Step {
        switch type {
        case UInt8(ascii: "+"), UInt8(ascii: "("): .value(.text(Self.text(line)))
        case UInt8(ascii: "-"): .value(.error(Self.text(line)))
        case UInt8(ascii: ":"): .value(.integer(try Self.number(line)))
        case UInt8(ascii: "_"): .value(.null)
        case UInt8(ascii: "#"): .value(.boolean(try Self.boolean(line)))
        case UInt8(ascii: ","): .value(.double(try Self.double(line)))
        case UInt8(ascii: "$"): try expect(.bytes, line)
        case UInt8(ascii: "!"): try expect(.error, line)
        case UInt8(ascii: "="): try expect(.verbatim, line)
        case UInt8(ascii: "*"), UInt8(ascii: "~"): try begin(.array, line)
        case UInt8(ascii: "%"): try begin(.map, line)
        case UInt8(ascii: "|"): try begin(.attribute, line)
        case UInt8(ascii: ">"): try begin(.push, line)
        default: throw .unknownType(type)
        }
    }

    // MARK: - Texts of known length

    private mutating func expect(_ kind: Text, _ line: ByteBuffer) throws(RedisSyntaxError) -> Step {
        guard let length = try Self.length(line) else { return .value(.null) }
        guard length <= limits.bytes else { throw .tooLong }
        try count(bytes: length)
        text = (length, kind)
        return .on
    }

    private mutating func read(_ length: Int, _ kind: Text, _ buffer: inout ByteBuffer) throws(RedisSyntaxError) -> Step? {
        guard buffer.readableBytes >= length + 2, let slice = buffer.readSlice(length: length) else { return nil }
        guard buffer.readInteger(as: UInt16.self) == 0x0D0A else { throw .missingLineEnd }
        text = nil
        switch kind {
        case .bytes: return .value(.bytes(slice))
        case .error: return .value(.error(Self.text(slice)))
        case .verbatim:
            // Three letters for the format, and a colon.
            guard length >= 4 else { throw .misplaced }
            var rest = slice
            rest.moveReaderIndex(forwardBy: 4)
            return .value(.bytes(rest))
        }
    }

    // MARK: - Lists

    private mutating func begin(_ kind: Kind, _ line: ByteBuffer) throws(RedisSyntaxError) -> Step {
        guard let length = try Self.length(line) else { return .value(.null) }
        guard length <= limits.elements else { throw .tooManyElements }
        let missing = kind == .map || kind == .attribute ? 2 * length : length
        elements += missing
        guard elements <= limits.elements else { throw .tooManyElements }
        guard kind != .push || open.isEmpty else { throw .misplaced }
        guard missing > 0 else { return kind == .attribute ? .on : .value(Self.value(Open(kind: kind, missing: 0))) }
        guard open.count < limits.depth else { throw .tooDeep }
        open.append(Open(kind: kind, missing: missing))
        return .on
    }

    /// Puts a value where it belongs. The outermost value when it is whole, else nil.
    private mutating func close(with value: RedisValue) -> RedisValue? {
        var value = value
        while var list = open.popLast() {
            list.values.append(value)
            list.missing -= 1
            guard list.missing == 0 else {
                open.append(list)
                return nil
            }
            // An attribute speaks about the value after it; nobody here asks.
            if list.kind == .attribute { return nil }
            value = Self.value(list)
        }
        return value
    }

    private static func value(_ list: Open) -> RedisValue {
        switch list.kind {
        case .array: .array(list.values)
        case .map, .attribute: .map(list.values)
        case .push: .push(list.values)
        }
    }

    // MARK: - Lines

    private mutating func count(bytes more: Int) throws(RedisSyntaxError) {
        bytes += more
        guard bytes <= limits.bytes else { throw .tooLong }
    }

    /// Without its CR LF; nil when it is not whole.
    private func line(_ buffer: inout ByteBuffer) throws(RedisSyntaxError) -> ByteBuffer? {
        let seen = buffer.readableBytesView.prefix(limits.line + 2)
        guard let end = seen.firstIndex(of: UInt8(ascii: "\n")) else {
            guard seen.count < limits.line + 2 else { throw .tooLong }
            return nil
        }
        let length = end - seen.startIndex
        guard length >= 1, let line = buffer.readSlice(length: length - 1), buffer.readInteger(as: UInt16.self) == 0x0D0A else {
            throw .missingLineEnd
        }
        return line
    }

    private static func text(_ line: ByteBuffer) -> String {
        String(decoding: line.readableBytesView, as: UTF8.self)
    }

    private static func number(_ line: ByteBuffer) throws(RedisSyntaxError) -> Int64 {
        guard let number = Int64(text(line)) else { throw .badNumber }
        return number
    }

    /// Nil for −1, with which RESP2 says null.
    private static func length(_ line: ByteBuffer) throws(RedisSyntaxError) -> Int? {
        let number = try number(line)
        guard number >= -1 else { throw .badNumber }
        guard let length = Int(exactly: number) else { throw .tooLong }
        return length == -1 ? nil : length
    }

    private static func boolean(_ line: ByteBuffer) throws(RedisSyntaxError) -> Bool {
        switch text(line) {
        case "t": true
        case "f": false
        default: throw .badBoolean
        }
    }

    private static func double(_ line: ByteBuffer) throws(RedisSyntaxError) -> Double {
        guard let number = Double(text(line)) else { throw .badNumber }
        return number
    }
}
