import NIOCore
import NIOHTTP1

/// Writes a request's head as it goes to a node.
enum RequestWriter {
    /// Nil when a field or the target would break out of its line: a request of somebody else's making.
    ///
    /// `Host` and framing are ours; what concerns a connection only (RFC 9110 section 7.6.1) never comes from elsewhere.
    static func head(_ head: HTTPRequestHead, target: NodeTarget, framing: RequestFraming, extra: Int) -> ByteBuffer? {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(512 + head.headers.count * 40 + extra)
        bytes.writeString(head.method.rawValue)
        bytes.writeStaticString(" ")
        bytes.writeString(head.uri)
        bytes.writeStaticString(" HTTP/1.1\r\n")
        bytes.writeField("Host", target.authority)
        var lines = 3
        for (name, value) in head.headers where !isOurs(name) {
            bytes.writeField(name, value)
            lines += 1
        }
        switch framing {
        case .none: break
        case .length(let length): bytes.writeField("Content-Length", String(length))
        case .chunked: bytes.writeField("Transfer-Encoding", "chunked")
        }
        if framing != .none { lines += 1 }
        bytes.writeStaticString("\r\n")
        let isTarget = head.uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !head.uri.isEmpty
        return isTarget && isWhole(bytes, lines: lines) ? bytes : nil
    }

    private static func isOurs(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: name.isField("host")
        case 6: name.isField("expect")
        case 7: name.isField("upgrade")
        case 10: name.isField("connection") || name.isField("keep-alive")
        case 14: name.isField("content-length")
        case 17: name.isField("transfer-encoding")
        default: false
        }
    }

    /// As many line ends as lines, and no NUL: nothing was smuggled in by a name or a value.
    private static func isWhole(_ bytes: ByteBuffer, lines: Int) -> Bool {
        bytes.withUnsafeReadableBytes { bytes in
            var (feeds, returns, zeros) = (0, 0, 0)
            for byte in bytes {
                feeds &+= byte == 0x0A ? 1 : 0
                returns &+= byte == 0x0D ? 1 : 0
                zeros &+= byte == 0 ? 1 : 0
            }
            return feeds == lines && returns == lines && zeros == 0
        }
    }

    /// A chunk of a body that is sent on as it comes.
    static func chunkStart(_ count: Int) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeString(String(count, radix: 16))
        bytes.writeStaticString("\r\n")
        return bytes
    }

    static let chunkEnd = ByteBuffer(staticString: "\r\n")
    static let lastChunk = ByteBuffer(staticString: "0\r\n\r\n")
}
