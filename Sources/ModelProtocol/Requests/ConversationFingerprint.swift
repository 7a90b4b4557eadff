/// Which parts of a body tell one conversation from another.
struct PromptRanges {
    /// Hashed of each part, in bytes: more tells nothing and costs time.
    static let hashLimit = 64 << 10

    /// The value of `system` or `instructions`.
    var system = 0..<0
    /// From the first message up to the first that is not the system's.
    var opening = 0..<0
    /// The value of `tools`.
    var tools = 0..<0

    /// Nil when there is no message. `leftOut`: what changes from turn to turn, in order.
    func fingerprint(_ body: UnsafeRawBufferPointer, leftOut: [Range<Int>]) -> UInt64? {
        guard !opening.isEmpty else { return nil }
        var hash = ByteHash()
        Self.add(system, of: body, without: leftOut, to: &hash)
        Self.add(opening, of: body, without: leftOut, to: &hash)
        hash.add(UInt64(tools.count - leftOut.reduce(0) { $0 + $1.clamped(to: tools).count }))
        return hash.value
    }

    private static func add(_ part: Range<Int>, of body: UnsafeRawBufferPointer, without leftOut: [Range<Int>], to hash: inout ByteHash) {
        let part = part.lowerBound..<min(part.upperBound, part.lowerBound + hashLimit)
        let gaps = leftOut.filter { $0.overlaps(part) }
        guard !gaps.isEmpty else { return hash.add(body.slice(part.lowerBound, part.upperBound)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(part.count)
        var start = part.lowerBound
        for gap in gaps {
            bytes.append(contentsOf: body.slice(start, max(start, min(gap.lowerBound, part.upperBound))))
            start = min(max(start, gap.upperBound), part.upperBound)
        }
        bytes.append(contentsOf: body.slice(start, part.upperBound))
        bytes.withUnsafeBytes { hash.add($0) }
    }
}

/// 64 bits over bytes, the same on every machine and in every process. Quick, not cryptographic: who makes two conversations collide only
/// brings them to the same node.
struct ByteHash {
    private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func add(_ number: UInt64) {
        mix(number, UInt64(truncatingIfNeeded: 8))
    }

    /// The length goes in as well, so that parts can't run into each other.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var at = 0
        while let one = bytes.word(at: at), let other = bytes.word(at: at &+ 8) {
            mix(one, other)
            at &+= 16
        }
        if let word = bytes.word(at: at) {
            mix(word, 0)
            at &+= 8
        }
        var rest: UInt64 = 0
        while at < bytes.count {
            rest = rest << 8 | UInt64(bytes[at])
            at &+= 1
        }
        mix(rest, UInt64(bytes.count))
    }

    /// The folded product of wyhash: both halves of 128 bits.
    @inline(__always)
    private mutating func mix(_ one: UInt64, _ other: UInt64) {
        let product = (one ^ value ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: other ^ 0xE703_7ED1_A0B4_28DB)
        value = (value &<< 23 | value &>> 41) ^ product.high ^ product.low
    }
}
