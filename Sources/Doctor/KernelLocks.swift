import Host

/// Write locks of other processes on files, from the kernel's list (proc_locks(5)): nothing is locked to find out.
enum KernelLocks {
    /// SQLite's lock byte for the one writer in the log's index (sqlite.org/walformat.html#wal_locks), and in the file itself from PENDING_BYTE on.
    private static let writerBytes: Set<Int> = [120]
    private static let pendingByte = 0x4000_0000

    static func holders(of paths: [String]) -> [Int32] {
        let numbers = Set(paths.compactMap { FileFacts($0)?.number })
        return holders(in: ProcFile.text("/proc/locks", limit: 4 * 1_024 * 1_024) ?? "", files: numbers)
    }

    /// Lines like `1: POSIX  ADVISORY  WRITE 1234 08:01:131 120 120`.
    static func holders(in table: String, files: Set<UInt64>) -> [Int32] {
        table.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count >= 8, words[1] == "POSIX" || words[1] == "OFDLCK", words[3] == "WRITE", let holder = Int32(words[4]),
                holder > 0,
                let number = words[5].split(separator: ":").last.flatMap({ UInt64($0) }), files.contains(number), let start = Int(words[6])
            else { return nil }
            return writerBytes.contains(start) || start >= pendingByte ? holder : nil
        }
    }
}
