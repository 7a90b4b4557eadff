/// Eight bytes looked at at once: most of a body is text between quotes, and this skips it three times as fast as byte by byte.
///
/// Each function sets the highest bit of bytes that are looked for. Only the lowest mark is exact: a subtraction may borrow from the bytes
/// above a hit, never from those below.
enum ByteWord {
    private static let highs: UInt64 = 0x8080_8080_8080_8080
    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// The quote, the backslash and control characters. `^ 0x02` brings the quote (0x22) next to the control characters (below 0x20).
    @inline(__always)
    static func stringMarks(_ word: UInt64) -> UInt64 {
        (((word ^ (ones &* 0x02)) &- (ones &* 0x21)) | ((word ^ (ones &* 0x5C)) &- ones)) & ~word & highs
    }

    /// LF and CR.
    @inline(__always)
    static func lineEnds(_ word: UInt64) -> UInt64 {
        (((word ^ (ones &* 0x0A)) &- ones) | ((word ^ (ones &* 0x0D)) &- ones)) & ~word & highs
    }

    /// Quotes and brackets of both kinds, and some that are not: `| 0x26` makes the four brackets one, and `Y _ y DEL` with them.
    @inline(__always)
    static func structure(_ word: UInt64) -> UInt64 {
        (((word ^ (ones &* 0x22)) &- ones) | (((word | (ones &* 0x26)) ^ (ones &* 0x7F)) &- ones)) & ~word & highs
    }

    /// How many of the eight bytes are not ASCII.
    @inline(__always)
    static func countNonASCII(_ word: UInt64) -> Int { (word & highs).nonzeroBitCount }
}

extension UnsafeRawBufferPointer {
    /// Eight bytes from `offset`, the first of them lowest; nil when there are fewer.
    @inline(__always)
    func word(at offset: Int) -> UInt64? {
        guard offset &+ 8 <= count, offset >= 0 else { return nil }
        return UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The first byte from `start` on that both agree on, else `count`.
    @inline(__always)
    func first(from start: Int, marks: (UInt64) -> UInt64, isWanted: (UInt8) -> Bool) -> Int {
        var at = start
        while let word = word(at: at) {
            let found = marks(word)
            if found != 0 { return at &+ (found.trailingZeroBitCount >> 3) }
            at &+= 8
        }
        while at < count, !isWanted(self[at]) { at &+= 1 }
        return at
    }

    var isASCII: Bool {
        var at = 0
        while let word = word(at: at) {
            guard ByteWord.countNonASCII(word) == 0 else { return false }
            at &+= 8
        }
        while at < count {
            guard self[at] < 0x80 else { return false }
            at &+= 1
        }
        return true
    }

    /// The bytes of a range within bounds.
    @inline(__always)
    func slice(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[start..<end]) }

    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != text.utf8Start[index] { return false }
        return true
    }

    func hasPrefix(_ text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount && slice(0, text.utf8CodeUnitCount).equals(text)
    }

    func hasSuffix(_ text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount && slice(count - text.utf8CodeUnitCount, count).equals(text)
    }
}
