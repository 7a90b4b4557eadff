import NIOCore

#if canImport(Glibc)
    import Glibc
#endif

/// Where a head ends.
enum HeadEnd {
    /// The length up to and with `CR LF CR LF`, counted from the first readable byte; `from` skips what was looked at before.
    static func find(in buffer: ByteBuffer, from: Int) -> Int? {
        buffer.withUnsafeReadableBytes { bytes in
            var index = from
            while index < bytes.count, let line = Lines.next(in: bytes, from: index) {
                if line >= 3, bytes[line - 1] == 0x0D, bytes[line - 2] == 0x0A, bytes[line - 3] == 0x0D { return line + 1 }
                index = line + 1
            }
            return nil
        }
    }
}

private enum Lines {
    /// The index of the next line feed; `from` is below the count.
    static func next(in bytes: UnsafeRawBufferPointer, from: Int) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base + from, 0x0A, bytes.count - from) else { return nil }
        return UnsafeRawPointer(found) - base
    }
}

/// The lines of a whole head, one after the other, without their `CR LF`; the empty one that ends it last.
struct HeadLines {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func next() throws(ResponseParser.Failure) -> UnsafeRawBufferPointer? {
        guard index < bytes.count, let end = Lines.next(in: bytes, from: index) else { return nil }
        guard end > index, bytes[end - 1] == 0x0D else { throw .malformed("a line of the head ends without CR") }
        defer { index = end + 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[index..<(end - 1)])
    }
}

/// `Name: value` (RFC 9112 section 5), without folding, control characters and space before the colon.
enum FieldLine {
    static func parse(_ line: UnsafeRawBufferPointer) -> (name: String, value: String)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
        let name = line[..<colon]
        guard name.allSatisfy(isTokenByte) else { return nil }
        var (start, end) = (colon + 1, line.count)
        while start < end, isSpace(line[start]) { start += 1 }
        while end > start, isSpace(line[end - 1]) { end -= 1 }
        let value = line[start..<end]
        guard value.allSatisfy(isValueByte) else { return nil }
        return (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }

    /// No control character but the tab.
    static func isValueByte(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7F : byte == 0x09
    }

    /// RFC 9110 section 5.6.2, one bit for each character of ASCII.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<64: 0x03FF_6CFA_0000_0000 >> UInt64(byte) & 1 == 1
        case 64..<128: 0x57FF_FFFF_C7FF_FFFE >> UInt64(byte - 64) & 1 == 1
        default: false
        }
    }
}
