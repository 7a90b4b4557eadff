import NIOCore
import NIOHTTP1
import Relay

/// A relayed response as bytes of HTTP/1.1 (RFC 9112): head and parts gather until somebody flushes, and leave as one buffer and one chunk.
///
/// Our own instead of NIO's encoder, which makes three writes of each part: a stream of events comes in many small parts.
struct RelayOutput {
    /// So much gathers at most: the channel must know what waits.
    private static let gatherLimit = 32 * 1_024
    /// So much is copied into one buffer; what is larger leaves as it came.
    private static let copyLimit = 16 * 1_024

    /// What goes out, in order. The first piece may be empty.
    struct Pieces {
        var first: ByteBuffer
        var rest: [ByteBuffer] = []
    }

    private let isChunked: Bool
    private var head: ByteBuffer
    private var parts: [ByteBuffer] = []
    private var count = 0

    /// - Parameters:
    ///   - head: without framing and fields of the connection, with `content-length` where the body's length is known.
    ///   - extra: fields of the gate's.
    ///   - length: of a body that follows; room for a short one is made at once.
    init(_ head: HTTPResponseHead, terms: Exchange.Terms, extra: [(name: String, value: String)], isBodyless: Bool, length: Int?) {
        let mayHaveBody = head.status.mayHaveResponseBody
        let hasLength = mayHaveBody && head.headers.contains(name: "content-length")
        let saysChunked = mayHaveBody && !hasLength && !terms.version.isOld
        isChunked = saysChunked && !isBodyless
        var bytes = ByteBuffer()
        bytes.reserveCapacity(256 + 64 * head.headers.count + min(length ?? 512, Self.copyLimit))
        bytes.writeStatusLine(terms.version, head.status)
        for (name, value) in head.headers where !Self.isOurs(name, keepsLength: hasLength) { bytes.writeField(name, value) }
        for (name, value) in extra { bytes.writeField(name, value) }
        if let connection = terms.connection { bytes.writeField("connection", connection) }
        if saysChunked { bytes.writeField("transfer-encoding", "chunked") }
        bytes.writeStaticString("\r\n")
        self.head = bytes
    }

    /// What concerns the connection only is never a node's to say; a response that can't have a body says no length (RFC 9110 section 8.6
    /// lets a 304, NIO's encoder never did).
    private static func isOurs(_ name: String, keepsLength: Bool) -> Bool {
        switch name.utf8.count {
        case 10: name.isField("connection")
        case 12: name.isField("x-request-id")
        case 14: !keepsLength && name.isField("content-length")
        case 17: name.isField("transfer-encoding")
        default: false
        }
    }

    /// Adds a part of the body. True: so much has gathered that the channel should have it.
    mutating func add(_ part: ByteBuffer) -> Bool {
        guard part.readableBytes > 0 else { return false }
        parts.append(part)
        count += part.readableBytes
        return count >= Self.gatherLimit
    }

    /// Takes what has gathered.
    mutating func take() -> Pieces {
        var pieces = Pieces(first: head)
        head = ByteBuffer()
        guard count > 0 else { return pieces }
        let isCopied = count <= Self.copyLimit
        // Its hexadecimal length, and two line ends.
        pieces.first.reserveCapacity(minimumWritableBytes: (isCopied ? count : 0) + (isChunked ? 24 : 0))
        if isChunked {
            pieces.first.writeString(String(count, radix: 16))
            pieces.first.writeStaticString("\r\n")
        }
        if isCopied {
            for part in parts { pieces.first.writeImmutableBuffer(part) }
            if isChunked { pieces.first.writeStaticString("\r\n") }
        } else {
            pieces.rest = parts
            if isChunked { pieces.rest.append(Self.lineEnd) }
        }
        parts.removeAll(keepingCapacity: true)
        count = 0
        return pieces
    }

    /// Takes what has gathered, and the response's end with it.
    mutating func takeLast(_ trailers: HTTPHeaders?) -> Pieces {
        var pieces = take()
        guard isChunked else { return pieces }
        if pieces.rest.isEmpty {
            pieces.first.writeLastChunk(trailers)
        } else {
            var end = ByteBuffer()
            end.writeLastChunk(trailers)
            pieces.rest.append(end)
        }
        return pieces
    }

    private static let lineEnd = ByteBuffer(staticString: "\r\n")
}

extension ByteBuffer {
    fileprivate mutating func writeStatusLine(_ version: HTTPVersion, _ status: HTTPResponseStatus) {
        if status == .ok, version == .http1_1 {
            writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            writeString("HTTP/\(version.major).\(version.minor) \(status.code) \(status.reasonPhrase)\r\n")
        }
    }

    /// RFC 9112 section 7.1.
    fileprivate mutating func writeLastChunk(_ trailers: HTTPHeaders?) {
        writeStaticString("0\r\n")
        for (name, value) in trailers ?? [:] { writeField(name, value) }
        writeStaticString("\r\n")
    }
}
