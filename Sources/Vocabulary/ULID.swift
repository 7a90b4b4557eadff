/// A sortable 128-bit identifier: 48 bits of milliseconds since 1970, 80 random bits, written as 26 characters of Crockford base 32.
///
/// Source: the ULID specification, github.com/ulid/spec.
package struct ULID: Hashable, Sendable, Comparable {
    package let high: UInt64
    package let low: UInt64

    /// - Parameters:
    ///   - time: the moment it names; only the low 48 bits of its milliseconds count.
    ///   - randomness: 80 random bits; the low 16 bits of the first value and all of the second.
    package init(time: Timestamp, randomness: (UInt16, UInt64)) {
        high = UInt64(truncatingIfNeeded: time.milliseconds) << 16 | UInt64(randomness.0)
        low = randomness.1
    }

    /// A new one for `time`, from the system's random source.
    package static func make(at time: Timestamp) -> ULID {
        ULID(time: time, randomness: (UInt16.random(in: .min ... .max), UInt64.random(in: .min ... .max)))
    }

    /// Nil unless `text` is exactly 26 characters of the alphabet, in either case, and fits 128 bits.
    package init?(_ text: some StringProtocol) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var count = 0
        for byte in text.utf8 {
            guard let digit = Self.digit(of: byte), count < 26, count > 0 || digit < 8 else { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(digit)
            count += 1
        }
        guard count == 26 else { return nil }
        self.high = high
        self.low = low
    }

    package static func < (left: ULID, right: ULID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private static func digit(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x5A: letterDigit(byte)
        case 0x61...0x7A: letterDigit(byte - 0x20)
        default: nil
        }
    }

    /// Crockford leaves out I, L, O and U.
    private static func letterDigit(_ upper: UInt8) -> UInt8? {
        switch upper {
        case 0x41...0x48: upper - 0x41 + 10
        case 0x4A...0x4B: upper - 0x4A + 18
        case 0x4D...0x4E: upper - 0x4D + 20
        case 0x50...0x54: upper - 0x50 + 22
        case 0x56...0x5A: upper - 0x56 + 27
        default: nil
        }
    }
}

extension ULID: CustomStringConvertible {
    package var description: String {
        String(unsafeUninitializedCapacity: 26) { buffer in
            var high = high
            var low = low
            for index in stride(from: 25, through: 0, by: -1) {
                buffer[index] = Self.letter(UInt8(low & 31))
                low = low >> 5 | high << 59
                high >>= 5
            }
            return 26
        }
    }

    private static func letter(_ digit: UInt8) -> UInt8 {
        switch digit {
        case 0..<10: 0x30 + digit
        case 10..<18: 0x41 + digit - 10
        case 18..<20: 0x4A + digit - 18
        case 20..<22: 0x4D + digit - 20
        case 22..<27: 0x50 + digit - 22
        default: 0x56 + digit - 27
        }
    }
}
