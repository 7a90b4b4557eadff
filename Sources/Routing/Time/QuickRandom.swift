/// Spreads load and delays; keeps no secrets. Two numbers per request would else be two calls of the system's source.
///
/// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
package struct QuickRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Seeded by the system.
    package init() {
        state = UInt64.random(in: .min ... .max)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
