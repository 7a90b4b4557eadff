/// Text that broke programs before.
package enum Samples {
    /// One grapheme each, of up to 11 scalars.
    package static let emoji = "👩‍👩‍👧‍👦🏳️‍🌈👍🏽🇨🇳❤️‍🔥"
    /// 1,000 Chinese characters.
    package static let chinese = String(repeating: "客服系统断线后消息不会丢失", count: 77).prefix(1_000).description
    /// Control characters, quotes, separators and direction marks.
    package static let hostile = "a\u{0}b\nc\r\nd\te\u{1B}[31mf\"g\\h'i\u{7F}j\u{85}k\u{2028}l\u{202E}m\u{FFFD}</script>"

    /// Random scalars of all planes, the same for the same seed.
    package static func text(seed: UInt64, length: Int) -> String {
        var random = SeededRandom(seed: seed)
        var text = String.UnicodeScalarView()
        while text.count < length {
            let limit: UInt32 = [0x80, 0x800, 0x10000, 0x110000].randomElement(using: &random) ?? 0x80
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) { text.append(scalar) }
        }
        return String(text)
    }
}

/// SplitMix64, for tests that must run the same way twice.
package struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
