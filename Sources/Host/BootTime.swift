import Glibc

/// When this machine started.
package enum BootTime {
    /// Milliseconds since 1970, from the line `btime` of `/proc/stat` (whole seconds); nil where that can't be read.
    package static let milliseconds: Int64? = ProcFile.text("/proc/stat", limit: 1_024 * 1_024).flatMap(find)

    /// The kernel's random name of this start: after a power cut it is another.
    package static let id: String? = ProcFile.text("/proc/sys/kernel/random/boot_id", limit: 64).map { CommandText.clean($0, limit: 36) }

    /// What the times in `/proc/<pid>/stat` are counted in.
    package static let ticksPerSecond = Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))

    static func find(in stat: String) -> Int64? {
        for line in stat.split(separator: "\n") where line.hasPrefix("btime ") {
            guard let seconds = Int64(line.dropFirst(6)), (0...1 << 40).contains(seconds) else { return nil }
            return seconds * 1_000
        }
        return nil
    }
}
