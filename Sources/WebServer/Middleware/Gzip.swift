import CZlib
import NIOCore

/// The gzip format of RFC 1952.
enum Gzip {
    /// Nil when zlib fails, which only want of memory makes it do.
    static func compress(_ bytes: ByteBuffer, level: Int32 = 6) -> ByteBuffer? {
        var stream = z_stream()
        // 15 bits of window, and 16 to ask for a gzip header.
        guard
            deflateInit2_(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
                == Z_OK
        else {
            return nil
        }
        defer { deflateEnd(&stream) }
        let room = Int(deflateBound(&stream, UInt(bytes.readableBytes)))
        var input = bytes
        var output = ByteBufferAllocator().buffer(capacity: room)
        var isWhole = false
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
            input.withUnsafeMutableReadableBytes { source in
                stream.next_in = source.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.avail_in = UInt32(clamping: source.count)
                stream.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.avail_out = UInt32(clamping: target.count)
                isWhole = deflate(&stream, Z_FINISH) == Z_STREAM_END
            }
            return Int(stream.total_out)
        }
        return isWhole ? output : nil
    }
}
