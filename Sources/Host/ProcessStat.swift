/// What `/proc/<pid>/stat` says (proc_pid_stat(5)); parsing only.
package struct ProcessStat: Sendable, Equatable {
    /// The kernel's short name of the process, at most 15 bytes; may hold anything.
    package let name: String
    /// `R` running, `S` sleeping, `D` in the disk, `T` stopped, `t` traced, `Z` dead and not yet reaped, `I` idle.
    package let state: Character
    package let parent: Int32
    package let threads: Int
    /// Since the machine's start, in clock ticks. Together with the number it names a process for ever: numbers come again.
    package let startTicks: UInt64
    /// Time on the processor in clock ticks.
    package let userTicks: UInt64
    package let systemTicks: UInt64

    /// Nil: no such line. The name stands in brackets and may itself hold brackets and spaces, so that the last bracket counts.
    package init?(_ line: String) {
        guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")"), open < close else { return nil }
        let fields = line[line.index(after: close)...].split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard fields.count >= 20, let state = fields.first?.first else { return nil }
        // Field 3 of the manual page (the state) is our number 0.
        guard let parent = Int32(fields[1]), let userTicks = UInt64(fields[11]), let systemTicks = UInt64(fields[12]),
            let threads = Int(fields[17]), let startTicks = UInt64(fields[19])
        else { return nil }
        self.name = CommandText.clean(String(line[line.index(after: open)..<close]), limit: 16)
        self.state = state
        self.parent = parent
        self.threads = threads
        self.startTicks = startTicks
        self.userTicks = userTicks
        self.systemTicks = systemTicks
    }
}
