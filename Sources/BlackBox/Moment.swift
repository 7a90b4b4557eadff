import Glibc

/// Times as the black box keeps them, in milliseconds.
package enum Moment {
    /// Since 1970, 4 ms coarse: 5 ns instead of 25.
    package static var wall: Int64 { read(CLOCK_REALTIME_COARSE) }

    /// Since the machine's start, not counting its sleep, 4 ms coarse: what heartbeats are dated by. The same in all processes.
    package static var steady: Int64 { read(CLOCK_MONOTONIC_COARSE) }

    @inline(__always)
    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000 &+ Int64(time.tv_nsec) / 1_000_000
    }
}
