import NIOCore
import NIOHTTP1

/// Reads the responses of one connection: bytes in, parts out. Strict (RFC 9112), because two opinions on where a response ends would mix
/// up the answers of two clients.
///
/// Our own rather than NIO's: it tells a cut response from a whole one, counts what it keeps, sees bytes that nobody asked for, and saves
/// two handlers and their buffers on each connection.
struct ResponseParser {
    enum Part {
        case head(HTTPResponseHead)
        case body(ByteBuffer)
        case end(HTTPHeaders?)
    }

    struct Failure: Error {
        let kind: AttemptFailure.Kind
        let detail: String

        static func malformed(_ detail: String) -> Failure { Failure(kind: .malformed, detail: detail) }
        static let headTooLarge = Failure(kind: .headTooLarge, detail: "the response's head is too large")
    }

    private enum State {
        /// No request is waiting for a response.
        case quiet
        case head
        case body(left: Int)
        case untilClose
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case end
    }

    /// Of interim responses (1xx) before the real one.
    private static let interimLimit = 32
    /// Of a chunk's size with its extensions, in bytes.
    private static let sizeLineLimit = 4_096

    private let limits: ResponseLimits
    private var state = State.quiet
    private var buffer = ByteBuffer()
    /// Of `buffer`: where to go on looking for the end of a head.
    private var looked = 0
    private var interims = 0
    private var isHead = false
    private(set) var keepsAlive = false

    init(limits: ResponseLimits) {
        self.limits = limits
    }

    /// Nothing is left over: the next bytes belong to the next response.
    var isQuiet: Bool {
        if case .quiet = state { buffer.readableBytes == 0 } else { false }
    }

    mutating func expectResponse(to method: HTTPMethod) {
        state = .head
        isHead = method == .HEAD
        interims = 0
        looked = 0
        keepsAlive = false
    }

    mutating func feed(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
            looked = 0
        } else {
            buffer.discardReadBytes()
            buffer.writeImmutableBuffer(bytes)
        }
    }

    /// The next part; nil: more bytes are needed.
    mutating func next() throws(Failure) -> Part? {
        while true {
            switch state {
            case .quiet: return nil
            case .head:
                guard let head = try takeHead() else { return nil }
                if let part = try begin(head) { return part }
            case .body(let left): return takeBody(left: left) { $0 == 0 ? .end : .body(left: $0) }
            case .chunk(let left): return takeBody(left: left) { $0 == 0 ? .chunkEnd : .chunk(left: $0) }
            case .untilClose: return takeBody(left: .max) { _ in .untilClose }
            case .chunkSize: guard try takeChunkSize() else { return nil }
            case .chunkEnd: guard try takeChunkEnd() else { return nil }
            case .trailers:
                guard let trailers = try takeTrailers() else { return nil }
                return finish(trailers.isEmpty ? nil : trailers)
            case .end: return finish(nil)
            }
        }
    }

    /// The node closed in order. What ends with the connection is whole now; nil: it is not.
    mutating func endOfInput() -> Part? {
        guard case .untilClose = state else { return nil }
        return finish(nil)
    }

    private mutating func finish(_ trailers: HTTPHeaders?) -> Part {
        state = .quiet
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        return .end(trailers)
    }
}

// Heads and trailers.
extension ResponseParser {
    private mutating func takeHead() throws(Failure) -> ResponseHead? {
        let limits = limits
        guard let length = try lengthOfHead() else { return nil }
        guard let bytes = buffer.readSlice(length: length) else { return nil }
        looked = 0
        return try ResponseHead.parse(bytes, fieldLimit: limits.fields)
    }

    /// Up to and with the empty line.
    private mutating func lengthOfHead() throws(Failure) -> Int? {
        guard ResponseHead.mayBegin(buffer) else { throw .malformed("the answer is not HTTP/1.1") }
        let found = HeadEnd.find(in: buffer, from: looked)
        guard found ?? buffer.readableBytes <= limits.head else { throw .headTooLarge }
        looked = max(0, buffer.readableBytes - 3)
        return found
    }

    private mutating func takeTrailers() throws(Failure) -> HTTPHeaders? {
        // The empty line alone, or fields and the empty line.
        if buffer.readableBytes >= 2, buffer.getInteger(at: buffer.readerIndex, as: UInt16.self) == 0x0D0A {
            buffer.moveReaderIndex(forwardBy: 2)
            return [:]
        }
        let found = HeadEnd.find(in: buffer, from: looked)
        guard found ?? buffer.readableBytes <= limits.head else { throw .headTooLarge }
        looked = max(0, buffer.readableBytes - 3)
        guard let found, let bytes = buffer.readSlice(length: found) else { return nil }
        looked = 0
        return try ResponseHead.fields(of: bytes, limit: limits.fields)
    }

    /// Nil for an interim response, which nobody hears of.
    private mutating func begin(_ head: ResponseHead) throws(Failure) -> Part? {
        let code = head.head.status.code
        if code < 200 {
            interims += 1
            guard code >= 100, code != 101, interims <= Self.interimLimit else {
                throw .malformed("an interim response that nobody asked for")
            }
            return nil
        }
        let framing = try head.framing(isHead: isHead)
        switch framing {
        case .none: state = .end
        case .length(let length): state = length == 0 ? .end : .body(left: length)
        case .chunked: state = .chunkSize
        case .untilClose: state = .untilClose
        }
        keepsAlive = head.keepsAlive && framing != .untilClose
        return .head(head.head)
    }
}

// Bodies.
extension ResponseParser {
    private mutating func takeBody(left: Int, then: (Int) -> State) -> Part? {
        let count = min(left, buffer.readableBytes)
        guard count > 0, let bytes = buffer.readSlice(length: count) else { return nil }
        state = then(left - count)
        return .body(bytes)
    }

    private mutating func takeChunkSize() throws(Failure) -> Bool {
        let line = buffer.withUnsafeReadableBytes { Self.sizeLine($0) }
        guard let line else {
            guard buffer.readableBytes < Self.sizeLineLimit else { throw .malformed("a chunk's size does not end") }
            return false
        }
        guard let size = line.size else { throw .malformed("a chunk has no valid size") }
        buffer.moveReaderIndex(forwardBy: line.length)
        state = size == 0 ? .trailers : .chunk(left: size)
        return true
    }

    /// The line of a chunk's size, with its end; nil when it has not all come. Without a valid size it has none.
    private static func sizeLine(_ bytes: UnsafeRawBufferPointer) -> (size: Int?, length: Int)? {
        guard let end = bytes.prefix(sizeLineLimit).firstIndex(of: 0x0A) else { return nil }
        guard end > 0, bytes[end - 1] == 0x0D else { return (nil, end + 1) }
        return (chunkSize(UnsafeRawBufferPointer(rebasing: bytes[..<(end - 1)])), end + 1)
    }

    /// Hexadecimal digits, at most 15, then nothing or an extension (RFC 9112 section 7.1.1).
    private static func chunkSize(_ line: UnsafeRawBufferPointer) -> Int? {
        var size = 0
        var digits = 0
        for byte in line {
            if let digit = hexDigit(byte) {
                digits += 1
                guard digits <= 15 else { return nil }
                size = size << 4 | digit
            } else {
                guard byte == UInt8(ascii: ";"), line.allSatisfy({ $0 >= 0x20 || $0 == 0x09 }) else { return nil }
                break
            }
        }
        return digits > 0 ? size : nil
    }

    private static func hexDigit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte &- UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte &- UInt8(ascii: "a") &+ 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte &- UInt8(ascii: "A") &+ 10)
        default: nil
        }
    }

    private mutating func takeChunkEnd() throws(Failure) -> Bool {
        guard buffer.readableBytes >= 2 else { return false }
        guard buffer.readInteger(as: UInt16.self) == 0x0D0A else { throw .malformed("a chunk is longer than its size") }
        state = .chunkSize
        return true
    }
}

/// How large heads may be.
struct ResponseLimits: Sendable {
    /// Status line and fields together, in bytes; trailers apart.
    var head: Int
    var fields: Int
}
