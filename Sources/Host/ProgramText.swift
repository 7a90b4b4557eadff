import Glibc

/// The program's own code in memory.
package enum ProgramText {
    /// Lets go of the pages of code that were mapped so far; those that are needed again come back from the page cache, some µs each.
    ///
    /// A start runs through most of a program of 60 MB: reading settings, laying out the schema, metadata of types, relocations. What serves
    /// afterwards is a quarter of it. Nothing is written to such pages, so nothing can be lost (madvise(2), MADV_DONTNEED).
    package static func letGo() {
        let program = ProcFile.link("/proc/self/exe") ?? ""
        let maps = ProcFile.text("/proc/self/maps", limit: 4 * 1_024 * 1_024) ?? ""
        for range in ranges(of: program, in: maps) {
            guard let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
            _ = madvise(start, Int(range.count), MADV_DONTNEED)
        }
    }

    /// Where a file's code is mapped that nobody may write.
    /// - Parameter maps: lines like `55d0c0000000-55d0c3897000 r-xp 00000000 fe:00 1234   /usr/bin/switchboard` (proc_pid_maps(5)).
    static func ranges(of program: String, in maps: String) -> [Range<UInt>] {
        guard !program.isEmpty else { return [] }
        return maps.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 5)
            guard words.count == 6, words[1] == "r-xp", words[5].drop(while: { $0 == " " }) == program else { return nil }
            let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1] else { return nil }
            return ends[0]..<ends[1]
        }
    }
}
