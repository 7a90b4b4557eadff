/// What Linux shows of one thread: for a process that hangs, where each of its threads stands.
package struct ThreadFacts: Sendable, Equatable {
    package let id: Int32
    package let name: String
    /// As in `ProcessStat`.
    package let state: Character
    /// The kernel's function in which it waits; nil when it runs or we may not know.
    package let waitsIn: String?
    /// The system call at hand with its arguments, as `/proc/<pid>/task/<tid>/syscall` writes it; nil when we may not know (needs root).
    package let systemCall: String?
    /// Time on the processor in clock ticks.
    package let ticks: UInt64

    /// The threads of a process by number, at most 512 of them; empty when there is no such process.
    package static func all(of process: Int32) -> [ThreadFacts] {
        ProcFile.numbers(in: "/proc/\(process)/task", limit: 512).compactMap { read(thread: $0, of: process) }
    }

    private static func read(thread: Int32, of process: Int32) -> ThreadFacts? {
        let folder = "/proc/\(process)/task/\(thread)"
        guard let stat = ProcFile.text("\(folder)/stat", limit: 4 * 1_024).flatMap(ProcessStat.init) else { return nil }
        return ThreadFacts(
            id: thread, name: stat.name, state: stat.state, waitsIn: word("\(folder)/wchan"), systemCall: word("\(folder)/syscall"),
            ticks: stat.userTicks &+ stat.systemTicks)
    }

    private static func word(_ path: String) -> String? {
        guard let text = ProcFile.text(path, limit: 256) else { return nil }
        let clean = CommandText.clean(text, limit: 200)
        return clean.isEmpty || clean == "0" ? nil : clean
    }
}
