/// Notices that starting again does not help: five deaths in a minute, or three with one signature.
package struct CrashLoop: Sendable {
    /// Milliseconds that deaths count for.
    package static let window: Int64 = 60_000
    package static let mostDeaths = 5
    package static let mostAlike = 3

    private struct Death: Sendable {
        let at: Int64
        let signature: String?
    }

    private var deaths: [Death] = []

    package init() {}

    /// - Parameters:
    ///   - signature: what makes two deaths the same one; nil when that is not known.
    ///   - now: milliseconds of a clock that only goes forwards.
    /// - Returns: whether it is a loop.
    package mutating func died(signature: String?, at now: Int64) -> Bool {
        deaths.removeAll { now - $0.at > Self.window }
        deaths.append(Death(at: now, signature: signature))
        // Without a bound a very quick loop would grow this; more than these never matter.
        if deaths.count > 64 { deaths.removeFirst(deaths.count - 64) }
        let alike = signature.map { known in deaths.count { $0.signature == known } } ?? 0
        return deaths.count >= Self.mostDeaths || alike >= Self.mostAlike
    }

    /// Deaths within the window.
    package func count(at now: Int64) -> Int {
        deaths.count { now - $0.at <= Self.window }
    }

    package mutating func forget() {
        deaths = []
    }
}
