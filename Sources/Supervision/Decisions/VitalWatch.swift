/// One thread of work that has to give a sign of life regularly.
package struct VitalSign: Hashable, Sendable {
    package var name: String
    /// Milliseconds of CLOCK_MONOTONIC.
    package var lastBeat: Int64
    /// The kernel's id of the thread, 0 when it isn't bound to one.
    package var thread: Int32

    package init(name: String, lastBeat: Int64, thread: Int32 = 0) {
        self.name = name
        self.lastBeat = lastBeat
        self.thread = thread
    }
}

/// Tells a worker that hangs from one that is late, and from a machine that stood still.
package struct VitalWatch: Sendable {
    package enum Finding: Hashable, Sendable {
        /// Late enough for a word in the log; said once until it beats again.
        case late(VitalSign, milliseconds: Int64)
        /// It will not come back by itself.
        case hung(VitalSign, milliseconds: Int64)
    }

    /// Milliseconds without a beat.
    package static let lateAfter: Int64 = 2_000
    /// Found, with the time between two looks, within five seconds.
    package static let hungAfter: Int64 = 4_500
    /// When the supervisor itself saw nothing for so long, the machine was asleep (or very busy), and nobody is to blame.
    package static let gap: Int64 = 1_500

    private var lastLook: Int64?
    /// Beats before this moment don't count as late: the time until then was nobody's.
    private var excusedUntil: Int64 = .min
    private var said: Set<String> = []

    package init() {}

    /// - Parameters:
    ///   - pulses: of one worker.
    ///   - now: milliseconds of CLOCK_MONOTONIC.
    package mutating func look(at pulses: [VitalSign], now: Int64) -> [Finding] {
        if let lastLook, now - lastLook > Self.gap { excusedUntil = now }
        lastLook = now
        var findings: [Finding] = []
        for pulse in pulses where pulse.lastBeat > 0 {
            let silent = now - max(pulse.lastBeat, excusedUntil)
            if silent >= Self.hungAfter {
                findings.append(.hung(pulse, milliseconds: silent))
            } else if silent >= Self.lateAfter {
                if said.insert(pulse.name).inserted { findings.append(.late(pulse, milliseconds: silent)) }
            } else {
                said.remove(pulse.name)
            }
        }
        return findings
    }
}
