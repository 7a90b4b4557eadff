import Glibc

/// What Linux shows of one process.
package struct ProcessFacts: Sendable, Equatable {
    package let id: Int32
    /// The kernel's short name.
    package let name: String
    /// Harmless, at most 120 characters; empty for a thread of the kernel and for who may not be read.
    package let commandLine: String
    /// The program's file; nil where we may not know (other users' processes).
    package let executable: String?
    /// The user it runs as (the real one).
    package let user: UInt32
    package let parent: Int32
    /// As in `ProcessStat`.
    package let state: Character
    package let threads: Int
    /// In clock ticks since the machine's start: with the number it names the process for ever.
    package let startTicks: UInt64
    /// When it started, in milliseconds since 1970; nil when the machine's start is not known.
    package let startedAt: Int64?
    /// The first twelve digits of its container.
    package let container: String?

    /// Nil: there is no such process, or nothing of it may be read.
    package static func read(_ id: Int32) -> ProcessFacts? {
        guard id > 0 else { return nil }
        let folder = "/proc/\(id)"
        // First what goes first: a process that is ending has no command line any more.
        let command = ProcFile.bytes("\(folder)/cmdline", limit: 4 * 1_024) ?? []
        guard let stat = ProcFile.text("\(folder)/stat", limit: 4 * 1_024).flatMap(ProcessStat.init) else { return nil }
        return ProcessFacts(
            id: id, name: stat.name, commandLine: CommandText.clean(command), executable: ProcFile.link("\(folder)/exe"),
            user: owner(of: folder) ?? 0, parent: stat.parent, state: stat.state, threads: stat.threads, startTicks: stat.startTicks,
            startedAt: BootTime.milliseconds.map { $0 + Int64(clamping: stat.startTicks) * 1_000 / BootTime.ticksPerSecond },
            container: ProcFile.text("\(folder)/cgroup", limit: 16 * 1_024).flatMap(ContainerID.find))
    }

    /// How people know it: its command line, else its short name in brackets, as `ps` shows threads of the kernel.
    package var title: String { commandLine.isEmpty ? "[\(name)]" : commandLine }

    /// The program's file name without its folder and without the kernel's note that the file is no longer there.
    package var programName: String? {
        executable.map { path in
            let file = path.split(separator: "/").last.map(String.init) ?? path
            return file.hasSuffix(" (deleted)") ? String(file.dropLast(10)) : file
        }
    }

    /// Whether the program's file was replaced or removed since the process started.
    package var isProgramGone: Bool { executable?.hasSuffix(" (deleted)") == true }

    /// KiB of address space that a process has taken; nil: there is no such process, or it is dead.
    package static func addressSpace(of id: Int32) -> Int64? {
        let pages = ProcFile.text("/proc/\(id)/statm", limit: 256)?.split(separator: " ").first.flatMap { Int64($0) }
        return pages.flatMap { $0 > 0 && $0 < 1 << 40 ? $0 * Int64(getpagesize()) / 1_024 : nil }
    }

    /// The real user of the process: who owns its folder is the effective one unless it may not be dumped, then root.
    private static func owner(of folder: String) -> UInt32? {
        ProcFile.text("\(folder)/status", limit: 16 * 1_024).flatMap(user)
    }

    /// The first number of the line `Uid:` of `/proc/<pid>/status`.
    static func user(in status: String) -> UInt32? {
        for line in status.split(separator: "\n").prefix(64) where line.hasPrefix("Uid:") {
            return line.dropFirst(4).split(whereSeparator: { $0 == "\t" || $0 == " " }).first.flatMap { UInt32($0) }
        }
        return nil
    }
}
