/// The 64-bit hash by which torn and foreign bytes are told from records. Not a defence against anybody.
///
/// Source: the xxHash specification, section XXH64, github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md. No library on the list has it;
/// zlib's CRC-32 is not given to this target, and a table-driven one of our own took five times as long.
enum XXH64 {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
        var position = 0
        var hash = seed &+ prime5
        if bytes.count >= 32 {
            var (first, second, third, fourth) = (seed &+ prime1 &+ prime2, seed &+ prime2, seed, seed &- prime1)
            while position + 32 <= bytes.count {
                first = round(first, word(bytes, position))
                second = round(second, word(bytes, position + 8))
                third = round(third, word(bytes, position + 16))
                fourth = round(fourth, word(bytes, position + 24))
                position += 32
            }
            hash = rotated(first, 1) &+ rotated(second, 7) &+ rotated(third, 12) &+ rotated(fourth, 18)
            hash = merged(hash, first)
            hash = merged(hash, second)
            hash = merged(hash, third)
            hash = merged(hash, fourth)
        }
        hash = tail(bytes, from: position, into: hash &+ UInt64(bytes.count))
        return avalanche(hash)
    }

    /// Spreads every bit over all others: the last step of the hash.
    static func avalanche(_ value: UInt64) -> UInt64 {
        var hash = (value ^ (value >> 33)) &* prime2
        hash = (hash ^ (hash >> 29)) &* prime3
        return hash ^ (hash >> 32)
    }

    private static func tail(_ bytes: UnsafeRawBufferPointer, from start: Int, into begun: UInt64) -> UInt64 {
        var (hash, position) = (begun, start)
        while position + 8 <= bytes.count {
            hash = rotated(hash ^ round(0, word(bytes, position)), 27) &* prime1 &+ prime4
            position += 8
        }
        if position + 4 <= bytes.count {
            let half = UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
            hash = rotated(hash ^ (half &* prime1), 23) &* prime2 &+ prime3
            position += 4
        }
        while position < bytes.count {
            hash = rotated(hash ^ (UInt64(bytes[position]) &* prime5), 11) &* prime1
            position += 1
        }
        return hash
    }

    private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
        rotated(lane &+ input &* prime2, 31) &* prime1
    }

    private static func merged(_ hash: UInt64, _ lane: UInt64) -> UInt64 {
        (hash ^ round(0, lane)) &* prime1 &+ prime4
    }

    private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value &<< count | value &>> (64 &- count)
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }
}
