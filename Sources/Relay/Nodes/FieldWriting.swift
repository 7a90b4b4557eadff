package import NIOCore

extension ByteBuffer {
    /// A line of a head: `name: value` (RFC 9112 section 5). In one step: each of the four that it would take else asks anew where and
    /// how much it may write.
    package mutating func writeField(_ name: String, _ value: String) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: name.utf8.count + value.utf8.count + 4) { room in
            var at = room.put(name, at: 0)
            at = room.put(": ", at: at)
            at = room.put(value, at: at)
            return room.put("\r\n", at: at)
        }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Copies what there is room for; returns the offset behind it.
    @inline(__always)
    fileprivate func put(_ text: String, at offset: Int) -> Int {
        let length = text.utf8.count
        guard offset <= count, length <= count - offset else { return offset }
        UnsafeMutableRawBufferPointer(rebasing: self[offset..<(offset + length)]).copyBytes(from: text.utf8)
        return offset + length
    }
}

extension String {
    /// Whether it is the name of a header field, in letters of either case.
    /// - Parameter name: in lower case.
    package func isField(_ name: StaticString) -> Bool {
        guard utf8.count == name.utf8CodeUnitCount else { return false }
        var wanted = name.utf8Start
        for byte in utf8 {
            let isCapital = byte &- UInt8(ascii: "A") < 26
            guard isCapital ? byte | 0x20 == wanted.pointee : byte == wanted.pointee else { return false }
            wanted += 1
        }
        return true
    }
}
