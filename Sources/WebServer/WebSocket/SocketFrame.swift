package import NIOCore

/// One outgoing message with its RFC 6455 header already in front: encoded once, shared by every socket that sends it.
package struct SocketFrame: Sendable {
    let bytes: ByteBuffer

    /// A text message.
    package init(text: String) {
        self.init(opcode: .text, length: text.utf8.count) { $0.writeString(text) }
    }

    /// A text message; `text` must be UTF-8.
    package init(text: ByteBuffer) {
        self.init(opcode: .text, length: text.readableBytes) { $0.writeImmutableBuffer(text) }
    }

    /// A text message; `text` must be UTF-8.
    package init(text: some Collection<UInt8>) {
        self.init(opcode: .text, length: text.count) { $0.writeBytes(text) }
    }

    /// A binary message.
    package init(binary: ByteBuffer) {
        self.init(opcode: .binary, length: binary.readableBytes) { $0.writeImmutableBuffer(binary) }
    }

    /// Bytes on the wire.
    package var count: Int { bytes.readableBytes }

    static let ping = SocketFrame(opcode: .ping, length: 0) { _ in }

    static func pong(_ payload: ByteBuffer) -> SocketFrame {
        SocketFrame(opcode: .pong, length: payload.readableBytes) { $0.writeImmutableBuffer(payload) }
    }

    /// The reason is cut to what fits a control frame, never inside a character.
    static func close(code: UInt16, reason: String) -> SocketFrame {
        let reason = reason.utf8.count <= 123 ? reason : String(reason.prefix(30))
        let text = reason.utf8.count <= 123 ? reason : ""
        return SocketFrame(opcode: .close, length: 2 + text.utf8.count) {
            $0.writeInteger(code)
            $0.writeString(text)
        }
    }

    /// An empty close frame: the echo of one.
    static let bareClose = SocketFrame(opcode: .close, length: 0) { _ in }

    private init(opcode: SocketOpcode, length: Int, payload: (inout ByteBuffer) -> Void) {
        var buffer = ByteBufferAllocator().buffer(capacity: length + 10)
        buffer.writeInteger(0x80 | opcode.rawValue)
        switch length {
        case ...125: buffer.writeInteger(UInt8(length))
        case ...0xFFFF:
            buffer.writeInteger(UInt8(126))
            buffer.writeInteger(UInt16(length))
        default:
            buffer.writeInteger(UInt8(127))
            buffer.writeInteger(UInt64(length))
        }
        payload(&buffer)
        bytes = buffer
    }
}

/// RFC 6455 section 5.2; the others are reserved.
enum SocketOpcode: UInt8, Sendable {
    case continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10

    var isControl: Bool { rawValue >= 8 }
}
