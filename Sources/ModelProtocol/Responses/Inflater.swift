import CZlib

/// Undoes gzip (RFC 1952) and deflate (RFC 1950, and bare RFC 1951 as some servers send it) as the bytes come.
final class Inflater {
    private static let blockSize = 16 << 10

    private let stream: UnsafeMutablePointer<z_stream>
    private var block = [UInt8](repeating: 0, count: blockSize)
    private var isOpen = false
    private var isOver = false
    private var left: Int

    /// At most `limit` bytes come out: a few kilobytes can stand for gigabytes.
    init(limit: Int) {
        left = limit
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        if isOpen { inflateEnd(stream) }
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// False when the bytes are none of these formats, or more than the limit comes out; nothing can be read after that.
    func read(_ chunk: UnsafeRawBufferPointer, _ tell: (UnsafeRawBufferPointer) -> Void) -> Bool {
        guard let first = chunk.first, let start = chunk.baseAddress else { return true }
        guard isOpen || open(first) else { return false }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(clamping: chunk.count)
        defer {
            stream.pointee.next_in = nil
            stream.pointee.avail_in = 0
        }
        while true {
            if isOver {
                // gzip allows several members in a row.
                guard stream.pointee.avail_in > 0 else { return true }
                guard inflateReset(stream) == Z_OK else { return false }
                isOver = false
            }
            let status = step(tell)
            if status == Z_STREAM_END { isOver = true } else if status != Z_OK { return status == Z_BUF_ERROR }
            guard left > 0 else { return false }
            if stream.pointee.avail_in == 0, stream.pointee.avail_out > 0, !isOver { return true }
        }
    }

    /// One block of output.
    private func step(_ tell: (UnsafeRawBufferPointer) -> Void) -> Int32 {
        block.withUnsafeMutableBytes { block in
            stream.pointee.next_out = block.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(clamping: block.count)
            let status = inflate(stream, Z_NO_FLUSH)
            let count = min(block.count - Int(stream.pointee.avail_out), left)
            left -= count
            stream.pointee.next_out = nil
            if count > 0 { tell(UnsafeRawBufferPointer(rebasing: block[..<count])) }
            return status
        }
    }

    /// 32 asks zlib to tell gzip from zlib by itself; a first byte that is neither's (0x1F, or method 8 in the low bits) is bare deflate.
    private func open(_ first: UInt8) -> Bool {
        let window: Int32 = first == 0x1F || first & 0x0F == 8 ? 15 + 32 : -15
        isOpen = inflateInit2_(stream, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        return isOpen
    }
}
