import NIOCore

/// The header of one incoming frame, RFC 6455 section 5.2, read byte by byte so that nothing but it is ever kept of an unfinished one.
struct FrameHead {
    private var first: UInt8 = 0
    private var second: UInt8 = 0
    private var read = 0
    private var length: UInt64 = 0
    private(set) var mask: UInt32 = 0

    var isFinal: Bool { first & 0x80 != 0 }
    var isMasked: Bool { second & 0x80 != 0 }
    var hasReservedBits: Bool { first & 0x70 != 0 }
    /// Nil for the reserved ones.
    var opcode: SocketOpcode? { SocketOpcode(rawValue: first & 0x0F) }
    /// Bytes of payload; valid once `isComplete`. Never more than 2^63 − 1.
    var payloadLength: UInt64 { length }

    private var lengthBytes: Int {
        switch second & 0x7F {
        case 126: 2
        case 127: 8
        default: 0
        }
    }

    /// Whether first and second byte are there: enough to refuse most wrong frames.
    var hasBegun: Bool { read >= 2 }
    /// Whether the length is known, before the mask came.
    var hasLength: Bool { read >= 2 + lengthBytes }
    var isComplete: Bool { hasLength && read >= 2 + lengthBytes + (isMasked ? 4 : 0) }
    /// RFC 6455: the shortest form must be used, and the highest bit of eight bytes is 0.
    var hasBadLength: Bool {
        switch second & 0x7F {
        case 126: length < 126
        case 127: length <= 0xFFFF || length > UInt64(Int64.max)
        default: false
        }
    }

    /// The payload length that the second byte alone shows, 126 or 127 when more bytes tell it.
    var shortLength: UInt8 { second & 0x7F }

    /// Takes one byte; false when there is none.
    mutating func take(from buffer: inout ByteBuffer) -> Bool {
        guard let byte = buffer.readInteger(as: UInt8.self) else { return false }
        switch read {
        case 0: first = byte
        case 1:
            second = byte
            length = lengthBytes == 0 ? UInt64(byte & 0x7F) : 0
        case ..<(2 + lengthBytes): length = length << 8 | UInt64(byte)
        default: mask = mask << 8 | UInt32(byte)
        }
        read += 1
        return true
    }
}
