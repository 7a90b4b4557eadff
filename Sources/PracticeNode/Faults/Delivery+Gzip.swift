import NIOCore

extension Delivery {
    /// The body as a gzip file (RFC 1952) of stored blocks (RFC 1951 section 3.2.4): not smaller, but every decoder must know it.
    mutating func zip() {
        var sum = CRC32()
        var length: UInt32 = 0
        var zipped = [Piece(bytes: ByteBuffer(bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]), part: .start)]
        for piece in pieces {
            for _ in 0..<piece.times {
                sum.add(piece.bytes)
                length &+= UInt32(truncatingIfNeeded: piece.bytes.readableBytes)
            }
            zipped.append(Piece(bytes: stored(piece.bytes), part: piece.part, pause: piece.pause, times: piece.times))
        }
        var end = ByteBuffer(bytes: [1, 0, 0, 0xFF, 0xFF])
        end.writeInteger(sum.value, endianness: .little)
        end.writeInteger(length, endianness: .little)
        pieces = zipped + [Piece(bytes: end, part: .end)]
        headers.append(("content-encoding", "gzip"))
    }

    /// Blocks that are not the last one; each holds at most 65,535 bytes.
    private func stored(_ bytes: ByteBuffer) -> ByteBuffer {
        var rest = bytes
        var blocks = ByteBuffer()
        while rest.readableBytes > 0, var part = rest.readSlice(length: min(65_535, rest.readableBytes)) {
            let count = UInt16(truncatingIfNeeded: part.readableBytes)
            blocks.writeInteger(0 as UInt8)
            blocks.writeInteger(count, endianness: .little)
            blocks.writeInteger(~count, endianness: .little)
            blocks.writeBuffer(&part)
        }
        return blocks
    }
}

/// The check sum of gzip (RFC 1952 section 8).
struct CRC32 {
    private var register: UInt32 = 0xFFFF_FFFF

    var value: UInt32 { ~register }

    mutating func add(_ bytes: ByteBuffer) {
        for byte in bytes.readableBytesView {
            register ^= UInt32(byte)
            for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0xEDB8_8320 : register >> 1 }
        }
    }
}
