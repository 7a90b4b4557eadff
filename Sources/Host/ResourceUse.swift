package import Glibc

/// What a process has used up, as wait4(2) and getrusage(2) tell it.
package struct ResourceUse: Sendable, Equatable {
    /// Time on the processor in milliseconds.
    package let userMilliseconds: Int64
    package let systemMilliseconds: Int64
    /// The most memory that it held at a time, in KiB.
    package let mostResidentKiB: Int64
    /// Page faults that had to wait for the disk.
    package let majorFaults: Int64

    package init(_ usage: rusage) {
        userMilliseconds = Self.milliseconds(usage.ru_utime)
        systemMilliseconds = Self.milliseconds(usage.ru_stime)
        mostResidentKiB = Int64(usage.ru_maxrss)
        majorFaults = Int64(usage.ru_majflt)
    }

    /// Of this process with all its threads.
    package static var own: ResourceUse {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return ResourceUse(usage)
    }

    private static func milliseconds(_ time: timeval) -> Int64 {
        Int64(time.tv_sec) &* 1_000 &+ Int64(time.tv_usec) / 1_000
    }
}
