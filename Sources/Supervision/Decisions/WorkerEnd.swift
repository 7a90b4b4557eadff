/// How a process ended, from its wait status (waitpid(2)).
package enum WorkerEnd: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32, hasCore: Bool)

    package init(waitStatus status: Int32) {
        let signal = status & 0x7f
        self = signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal, hasCore: status & 0x80 != 0)
    }

    /// As a shell shows it: the exit code, or 128 and the signal's number.
    package var shellCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signalled(let number, _): 128 + number
        }
    }

    /// A start that was refused for a reason of its own (sysexits and ours), not an accident.
    package var isRefusal: Bool {
        if case .exited(let code) = self { Self.refusals.contains(code) } else { false }
    }

    /// What only a person can put right: trying again changes nothing.
    package var needsPerson: Bool {
        if case .exited(let code) = self { [64, 77, 78, 81, 86].contains(code) } else { false }
    }

    private static let refusals: ClosedRange<Int32> = 64...89
}

extension WorkerEnd: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exited(let code): "exit \(code)"
        case .signalled(let number, _): "\(SignalName.of(number))"
        }
    }
}

/// Names of signals, as people write them.
package enum SignalName {
    private static let names: [Int32: String] = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
        10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 17: "SIGCHLD", 18: "SIGCONT",
        19: "SIGSTOP", 24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
    ]

    package static func of(_ number: Int32) -> String {
        names[number] ?? "signal \(number)"
    }
}
