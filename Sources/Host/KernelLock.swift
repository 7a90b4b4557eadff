/// A lock that some process holds on a file, from the kernel's list (proc_locks(5)): nothing is locked to find out.
package struct KernelLock: Sendable, Equatable {
    /// `FLOCK` is flock(2)'s, `POSIX` a process's and `OFDLCK` a descriptor's by fcntl(2).
    package enum Kind: String, Sendable {
        case flock = "FLOCK"
        case posix = "POSIX"
        case descriptor = "OFDLCK"
    }

    package let kind: Kind
    /// An exclusive one; the others are shared.
    package let isExclusive: Bool
    /// 0 and less where the holder can't be seen from here, as in a container of another process space.
    package let holder: Int32
    /// The file's number in its file system.
    package let file: UInt64
    /// The first byte that is locked.
    package let start: Int

    /// All that are held at this moment; empty where the list can't be read.
    package static func all() -> [KernelLock] {
        read(ProcFile.text("/proc/locks", limit: 4 * 1_024 * 1_024) ?? "")
    }

    /// - Parameter table: lines like `1: POSIX  ADVISORY  WRITE 1234 08:01:131 120 120`; who only waits has an arrow behind the number, and
    ///   holds nothing.
    package static func read(_ table: String) -> [KernelLock] {
        table.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count >= 8, let kind = Kind(rawValue: String(words[1])), let holder = Int32(words[4]),
                let file = words[5].split(separator: ":").last.flatMap({ UInt64($0) }), let start = Int(words[6])
            else { return nil }
            return KernelLock(kind: kind, isExclusive: words[3] == "WRITE", holder: holder, file: file, start: start)
        }
    }
}
