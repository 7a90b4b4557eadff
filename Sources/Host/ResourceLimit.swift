import Glibc

/// A limit that the system sets a process.
package struct ResourceLimit: Sendable, Equatable {
    /// What is limited, and in what unit.
    package enum Kind: String, Sendable, CaseIterable {
        /// Descriptors.
        case openFiles
        /// Bytes of address space.
        case addressSpace
        /// Bytes of a core file.
        case coreSize
        /// Processes and threads of the user.
        case processes
        /// Bytes of the main thread's stack.
        case stack
        /// Bytes of locked memory.
        case lockedMemory
    }

    /// What counts now; nil: no limit.
    package let soft: UInt64?
    /// Up to where the process may raise it by itself; nil: no limit.
    package let hard: UInt64?

    /// Of this process; nil when the system doesn't say.
    package static func read(_ kind: Kind) -> ResourceLimit? {
        var limit = rlimit()
        guard getrlimit(kind.number, &limit) == 0 else { return nil }
        return ResourceLimit(soft: finite(limit.rlim_cur), hard: finite(limit.rlim_max))
    }

    private static func finite(_ value: rlim_t) -> UInt64? {
        value == rlim_t.max ? nil : UInt64(value)
    }
}

extension ResourceLimit.Kind {
    fileprivate var number: __rlimit_resource_t {
        switch self {
        case .openFiles: __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        case .addressSpace: __rlimit_resource_t(RLIMIT_AS.rawValue)
        case .coreSize: __rlimit_resource_t(RLIMIT_CORE.rawValue)
        case .processes: __rlimit_resource_t(__RLIMIT_NPROC.rawValue)
        case .stack: __rlimit_resource_t(RLIMIT_STACK.rawValue)
        case .lockedMemory: __rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue)
        }
    }
}
