import NIOCore

/// The masking of RFC 6455 section 5.3.
enum Masking {
    /// Appends `part`, unmasked, to `buffer`.
    ///
    /// - Parameters:
    ///   - offset: how many bytes of the payload came before.
    ///   - expecting: how many are still to come with these. Room is made for what is there, doubling, never for what was only announced.
    static func append(_ part: ByteBuffer, to buffer: inout ByteBuffer, mask: UInt32, offset: Int, expecting: Int) {
        let count = part.readableBytes
        if buffer.writableBytes < count {
            let wanted = max(count, min(expecting, buffer.readableBytes))
            buffer.reserveCapacity(buffer.writerIndex + wanted)
        }
        let turned = rotated(mask, by: offset)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            part.withUnsafeReadableBytes { source in copy(source, to: target, mask: turned) }
            return count
        }
    }

    /// Eight bytes at a time, then one by one.
    private static func copy(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, mask: UInt32) {
        let wide = UInt64(mask.bigEndian) | UInt64(mask.bigEndian) << 32
        let key = UInt64(littleEndian: wide)
        var index = 0
        while index &+ 8 <= source.count {
            target.storeBytes(of: source.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ key, toByteOffset: index, as: UInt64.self)
            index &+= 8
        }
        while index < source.count {
            let shift = UInt32(24 - 8 * (index & 3))
            target[index] = source[index] ^ UInt8(truncatingIfNeeded: mask >> shift)
            index &+= 1
        }
    }

    private static func rotated(_ mask: UInt32, by offset: Int) -> UInt32 {
        let bits = UInt32(offset & 3) * 8
        return bits == 0 ? mask : mask << bits | mask >> (32 - bits)
    }
}
