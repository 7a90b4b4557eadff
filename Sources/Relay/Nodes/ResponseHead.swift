import NIOCore
import NIOHTTP1

/// A response's head, and what it says about the body and the connection.
struct ResponseHead {
    enum Framing: Equatable {
        case none, chunked, untilClose
        case length(Int)
    }

    let head: HTTPResponseHead
    private let lengths: [String]
    private let encodings: [String]
    private let connection: [String]

    private static let start: StaticString = "HTTP/1."

    /// Whether what came so far can be the beginning of a response: else nobody need wait for more.
    static func mayBegin(_ bytes: ByteBuffer) -> Bool {
        bytes.withUnsafeReadableBytes { bytes in
            start.withUTF8Buffer { start in zip(bytes, start).allSatisfy { $0 == $1 } }
        }
    }

    /// - Parameter bytes: with the empty line.
    static func parse(_ bytes: ByteBuffer, fieldLimit: Int) throws(ResponseParser.Failure) -> ResponseHead {
        try bytes.withUnsafeReadableBytes { bytes in
            Result { () throws(ResponseParser.Failure) in try parse(bytes, fieldLimit: fieldLimit) }
        }.get()
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer, fieldLimit: Int) throws(ResponseParser.Failure) -> ResponseHead {
        var lines = HeadLines(bytes)
        guard let line = try lines.next(), let (version, code) = statusLine(line) else {
            throw .malformed("the status line is not HTTP/1.1's")
        }
        var found = Fields()
        try found.read(&lines, limit: fieldLimit)
        let head = HTTPResponseHead(version: version, status: HTTPResponseStatus(statusCode: code), headers: HTTPHeaders(found.all))
        return ResponseHead(head: head, lengths: found.lengths, encodings: found.encodings, connection: found.connection)
    }

    /// Trailers, with the empty line.
    static func fields(of bytes: ByteBuffer, limit: Int) throws(ResponseParser.Failure) -> HTTPHeaders {
        try bytes.withUnsafeReadableBytes { bytes in
            Result { () throws(ResponseParser.Failure) in
                var lines = HeadLines(bytes)
                var found = Fields()
                try found.read(&lines, limit: limit)
                return HTTPHeaders(found.all)
            }
        }.get()
    }

    /// RFC 9112 section 6.3, without its leniencies.
    func framing(isHead: Bool) throws(ResponseParser.Failure) -> Framing {
        guard encodings.isEmpty || lengths.isEmpty else { throw .malformed("a length besides a transfer encoding") }
        guard encodings.isEmpty || (encodings.count == 1 && encodings.first?.lowercased() == "chunked" && head.version == .http1_1) else {
            throw .malformed("a transfer encoding other than chunked")
        }
        let length = try length()
        if isHead || head.status.code == 204 || head.status.code == 304 { return .none }
        if !encodings.isEmpty { return .chunked }
        return length.map(Framing.length) ?? .untilClose
    }

    private func length() throws(ResponseParser.Failure) -> Int? {
        guard let first = lengths.first else { return nil }
        let isNumber = (1...18).contains(first.utf8.count) && first.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, lengths.count == 1, let length = Int(first) else { throw .malformed("a length that is no number") }
        return length
    }

    var keepsAlive: Bool {
        if connection.isEmpty { return head.version == .http1_1 }
        let options = connection.joined(separator: ",").lowercased().split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }
        if options.contains("close") || options.contains("upgrade") { return false }
        return head.version == .http1_1 || options.contains("keep-alive")
    }

    /// `HTTP/1.1 200 OK` or without a reason.
    private static func statusLine(_ line: UnsafeRawBufferPointer) -> (HTTPVersion, Int)? {
        let bytes = Array(line.prefix(13))
        guard bytes.count >= 12, bytes.prefix(7).elementsEqual(Array("HTTP/1.".utf8)), bytes[8] == 0x20 else { return nil }
        guard bytes[7] == 0x30 || bytes[7] == 0x31, bytes.count == 12 || bytes[12] == 0x20 else { return nil }
        guard line.dropFirst(12).allSatisfy(FieldLine.isValueByte) else { return nil }
        let digits = bytes[9..<12]
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }), bytes[9] != 0x30 else { return nil }
        let code = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return (bytes[7] == 0x30 ? .http1_0 : .http1_1, code)
    }
}

/// Fields as they came, and those that the relay itself must know.
private struct Fields {
    var all: [(String, String)] = []
    var lengths: [String] = []
    var encodings: [String] = []
    var connection: [String] = []

    mutating func read(_ lines: inout HeadLines, limit: Int) throws(ResponseParser.Failure) {
        all.reserveCapacity(24)
        while let line = try lines.next(), !line.isEmpty {
            guard all.count < limit else { throw .headTooLarge }
            guard let (name, value) = FieldLine.parse(line) else { throw .malformed("a header field is not valid") }
            all.append((name, value))
            switch name.utf8.count {
            case 10: if name.isField("connection") { connection.append(value) }
            case 14: if name.isField("content-length") { lengths.append(value) }
            case 17: if name.isField("transfer-encoding") { encodings.append(value) }
            default: break
            }
        }
    }
}
