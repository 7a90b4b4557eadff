/// A reading of a clock that never goes back: nanoseconds since a start of its own, as `CLOCK_MONOTONIC` and NIO's deadlines count them.
///
/// Decisions in this module are taken on it, so that a wall clock that jumps neither frees a node early nor holds one for hours.
package struct Moment: Hashable, Sendable, Comparable {
    package let nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: Moment, right: Moment) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Stops at both ends of the scale instead of overflowing.
    package static func + (left: Moment, right: Duration) -> Moment {
        let step = right.clampedNanoseconds
        let (sum, overflow) =
            step < 0
            ? left.nanoseconds.subtractingReportingOverflow(step.magnitude) : left.nanoseconds.addingReportingOverflow(step.magnitude)
        guard overflow else { return Moment(nanoseconds: sum) }
        return Moment(nanoseconds: step < 0 ? 0 : .max)
    }

    /// What is left until `later`; zero when that has passed.
    package func remaining(until later: Moment) -> Duration {
        guard later > self else { return .zero }
        return .nanoseconds(Int64(clamping: later.nanoseconds - nanoseconds))
    }
}

extension Duration {
    /// Cut to whole nanoseconds that fit 64 bits (292 years).
    var clampedNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard overflow || carry else { return sum }
        return seconds < 0 ? .min : .max
    }

    /// Whole seconds, rounded up, as `retry-after` wants them (RFC 9110 section 10.2.3).
    package var wholeSecondsRoundedUp: Int64 {
        let (seconds, attoseconds) = components
        return attoseconds > 0 ? seconds.addingReportingOverflow(1).partialValue : seconds
    }

    /// ± `percent`, evenly spread: what many do at once should not come back at once.
    func jittered(percent: Int64, using random: inout some RandomNumberGenerator) -> Duration {
        let swing = min(max(percent, 0), 100) * 10
        return .nanoseconds((clampedNanoseconds / 1_000) &* (1_000 + Int64.random(in: -swing...swing, using: &random)))
    }
}
