/// Why a worker ended, decided from evidence alone. The raw values are written into certificates: they stay.
package enum Cause: String, Codable, Sendable, CaseIterable {
    /// A check of Swift's or a `fatalError` of ours.
    case trap
    case abort
    case stackOverflow = "stack_overflow"
    case badMemory = "bad_memory"
    /// A mapped file's disk went away or filled up.
    case busError = "bus_error"
    case arithmetic
    /// The kernel's out-of-memory killer.
    case outOfMemory = "out_of_memory"
    /// SIGKILL by somebody: its victim can't see by whom.
    case killed
    /// A stop order (SIGTERM, SIGINT, SIGHUP, SIGQUIT) that was not the supervisor's.
    case foreignStop = "foreign_stop"
    /// Any other signal.
    case signalled
    /// A limit of the operating system (SIGXCPU, SIGXFSZ).
    case resourceLimit = "resource_limit"
    /// A system call that a sandbox forbids (SIGSYS).
    case forbiddenCall = "forbidden_call"
    case hang
    /// A stage of the start made no progress until its deadline.
    case hangAtStart = "hang_at_start"
    /// It said itself why it does not start.
    case refusedStart = "refused_start"
    /// It ended with an exit code, in the middle of its work.
    case exited
    /// The machine went down under it.
    case powerCut = "power_cut"
    /// Supervisor and worker vanished together while the machine went on.
    case vanished
    /// The supervisor was killed; its worker noticed, let go of everything and ended.
    case orphaned
    /// As asked: a stop, a restart, a reload.
    case asked
    case unknown

    /// Whether nobody wanted it.
    package var isUnplanned: Bool { self != .asked }
}
