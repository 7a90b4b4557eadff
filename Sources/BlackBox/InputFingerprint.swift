/// What an input is like, as a number: its verb, the pattern of its path, its frame's type, how long it is and what kinds of characters it
/// holds. Never its content: from the number nobody learns what was said, and the same mistake by another person gives the same number.
///
/// The input that was in flight at several deaths is held back by it (`Quarantine`). Coarse on purpose: a client that tries again under a
/// new id, some digits longer, must be recognised; fine enough that one bad input does not stop all of its kind. 10–40 ns.
package struct InputFingerprint: Sendable {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// A request for the router or a relay.
    /// - Parameters:
    ///   - target: the request's target; what follows a `?` counts by its length only.
    ///   - bytes: of its body as it is announced; nil where that is not known.
    package static func request(method: String, target: String, bytes: Int?) -> UInt64 {
        var print = InputFingerprint()
        print.mix(word(method))
        print.mix(path: target)
        print.mix(bytes.map { lengthClass($0) } ?? 0xFF)
        return print.value
    }

    /// A socket, by its path: the first half of its frames' fingerprints, taken once.
    package static func socket(path: String) -> UInt64 {
        var print = InputFingerprint()
        print.mix(0x5753)
        print.mix(path: path)
        return print.value
    }

    /// A text message of a socket.
    package static func frame(socket: UInt64, _ text: UnsafeRawBufferPointer) -> UInt64 {
        var print = InputFingerprint()
        print.mix(socket)
        print.mix(lengthClass(text.count))
        if let base = text.baseAddress {
            let words = Words(base: base, count: text.count)
            print.mix(type(of: words) ^ kinds(of: words) << 56)
        }
        return print.value
    }

    /// Never 0, which stands for none.
    private var value: UInt64 { state == 0 ? 1 : state }

    private mutating func mix(_ word: UInt64) {
        state = (state ^ word) &* 0xD6E8_FEB8_6659_FD93
        state ^= state >> 32
    }

    /// Segments that are somebody's or something's name count as one and the same: `/api/conversations/01KC…/messages`.
    private mutating func mix(path: String) {
        var path = path
        path.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return }
            let place = Words(base: base, count: min(bytes.count, 512))
            var start = 0
            while start <= place.count {
                let end = place.nextBreak(from: start)
                mix(segmentAt: start, end, of: place)
                start = end + 1
                if end < place.count, base[end] == UInt8(ascii: "?") { return mix(Self.lengthClass(bytes.count - end)) }
            }
        }
    }

    private mutating func mix(segmentAt start: Int, _ end: Int, of place: Words) {
        guard start < end else { return mix(0x2F) }
        let first = place.word(at: start, length: min(8, end - start))
        // Our own names are short words; ids, keys and digests are long or begin with a digit.
        guard end - start <= 16, !(0x30...0x39).contains(UInt8(truncatingIfNeeded: first)) else { return mix(0x2A) }
        mix(first)
        if end - start > 8 { mix(place.word(at: start + 8, length: end - start - 8)) }
    }

    /// The value of a first member called `type`, which is a word of the protocol and nobody's text; else how the message begins.
    private static func type(of text: Words) -> UInt64 {
        // {"type":
        guard text.count > 17, text.word(at: 0, length: 8) == 0x3A22_6570_7974_227B, text.byte(8) == UInt8(ascii: "\"") else {
            return text.count > 0 ? UInt64(text.byte(0)) : 0
        }
        // Up to the closing quote: the names of frames that share eight letters share their fingerprints.
        let word = text.word(at: 9, length: 8)
        let quote = Words.zeroes(word ^ 0x2222_2222_2222_2222) & 0x8080_8080_8080_8080
        guard quote != 0 else { return word }
        return (word & ((1 &<< UInt64(quote.trailingZeroBitCount & ~7)) &- 1)) | 1 << 63
    }

    /// Which kinds of characters are in the first 512 bytes: beyond ASCII, a backslash, an opening bracket or brace besides the first.
    private static func kinds(of text: Words) -> UInt64 {
        var high: UInt64 = 0
        var slash: UInt64 = 0
        var bracket: UInt64 = 0
        let end = min(text.count, 512)
        var index = 1
        func take(_ eight: UInt64) {
            high |= eight
            slash |= Words.zeroes(eight ^ 0x5C5C_5C5C_5C5C_5C5C)
            // `[` and `{` differ in one bit only: 0x5B, 0x7B.
            bracket |= Words.zeroes((eight | 0x2020_2020_2020_2020) ^ 0x7B7B_7B7B_7B7B_7B7B)
        }
        while index + 8 <= end {
            take(text.base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        if index < end { take(text.word(at: index, length: end - index)) }
        let top: UInt64 = 0x8080_8080_8080_8080
        return (high & top == 0 ? 0 : 1) | (slash & top == 0 ? 0 : 2) | (bracket & top == 0 ? 0 : 4)
    }

    /// The three highest bits of a length: 100 and 105 bytes are alike, 100 and 130 are not.
    private static func lengthClass(_ count: Int) -> UInt64 {
        guard count > 4 else { return UInt64(max(0, count)) }
        let shift = Int.bitWidth - 3 - count.leadingZeroBitCount
        return UInt64(shift) << 8 | UInt64(count >> shift)
    }

    private static func word(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { bytes in
            bytes.baseAddress.map { Words(base: $0, count: bytes.count).word(at: 0, length: min(8, bytes.count)) } ?? 0
        }
    }
}

/// Bytes looked at eight at a time. Never reads beyond them.
struct Words {
    let base: UnsafeRawPointer
    let count: Int

    init(base: UnsafeRawPointer, count: Int) {
        self.base = base
        self.count = count
    }

    /// 0 beyond the end.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        index < count ? base.load(fromByteOffset: index, as: UInt8.self) : 0
    }

    /// 1 to 8 bytes from `start`, all of them within; zeros above.
    @inline(__always)
    func word(at start: Int, length: Int) -> UInt64 {
        let rest = UInt64(64 - length * 8)
        if start + 8 <= count { return (base.loadUnaligned(fromByteOffset: start, as: UInt64.self) &<< rest) &>> rest }
        // The last eight bytes, shifted to where they would be.
        if count >= 8 {
            let last = base.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self) &>> UInt64((start + 8 - count) * 8)
            return (last &<< rest) &>> rest
        }
        return short(start, length)
    }

    @inline(never)
    private func short(_ start: Int, _ length: Int) -> UInt64 {
        var found: UInt64 = 0
        for index in 0..<length { found |= UInt64(byte(start + index)) &<< UInt64(index * 8) }
        return found
    }

    /// Where the next slash or question mark is, else the end.
    @inline(__always)
    func nextBreak(from start: Int) -> Int {
        var index = start
        while index < count {
            let length = min(8, count - index)
            let eight = word(at: index, length: length)
            let found = (Self.zeroes(eight ^ 0x2F2F_2F2F_2F2F_2F2F) | Self.zeroes(eight ^ 0x3F3F_3F3F_3F3F_3F3F)) & 0x8080_8080_8080_8080
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += length
        }
        return count
    }

    /// The top bit of the first byte that is zero, and perhaps of others behind it.
    @inline(__always)
    static func zeroes(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word
    }
}
