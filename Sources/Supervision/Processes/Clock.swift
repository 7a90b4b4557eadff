import Glibc

/// The two clocks of the supervisor.
enum Clock {
    /// Milliseconds of CLOCK_MONOTONIC: only forwards, and the same in every process of the machine.
    static var now: Int64 { read(CLOCK_MONOTONIC) }

    /// Milliseconds since 1970.
    static var wall: Int64 { read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// `2026-11-21T11:29:05.123Z`.
    static func text(_ milliseconds: Int64) -> String {
        let parts = parts(milliseconds)
        return "\(pad(parts.year, 4))-\(pad(parts.month, 2))-\(pad(parts.day, 2))T\(pad(parts.hour, 2)):\(pad(parts.minute, 2)):"
            + "\(pad(parts.second, 2)).\(pad(Int(milliseconds % 1_000), 3))Z"
    }

    /// `20261121-112905`.
    static func name(_ milliseconds: Int64) -> String {
        let parts = parts(milliseconds)
        return
            "\(pad(parts.year, 4))\(pad(parts.month, 2))\(pad(parts.day, 2))-\(pad(parts.hour, 2))\(pad(parts.minute, 2))\(pad(parts.second, 2))"
    }

    private static func parts(_ milliseconds: Int64) -> (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        var seconds = time_t(milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return (
            Int(parts.tm_year) + 1_900, Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)
        )
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
