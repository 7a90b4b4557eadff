import Glibc

/// How long ago something was, for people.
package enum Age {
    /// Milliseconds since 1970.
    package static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// `40 seconds`, `12 minutes`, `3 hours`, `5 days`: rounded down, never negative.
    package static func text(milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds / 1_000)
        switch seconds {
        case ..<120: return "\(seconds) second\(seconds == 1 ? "" : "s")"
        case ..<7_200: return "\(seconds / 60) minutes"
        case ..<172_800: return "\(seconds / 3_600) hours"
        default: return "\(seconds / 86_400) days"
        }
    }
}
