import CLinux
import Glibc

/// A signal that came to this process, and who sent it.
package struct CaughtSignal: Sendable, Equatable {
    package let number: Int32
    /// `si_code`: 0 and less from a process, above from the kernel.
    package let code: Int32
    /// 0: the kernel, or a process that can't be seen from this container.
    package let sender: Int32
    package let user: UInt32
    /// The sender's command line, harmless; empty when it could not be read any more.
    package let command: String

    package init(number: Int32, code: Int32, sender: Int32, user: UInt32, command: String) {
        self.number = number
        self.code = code
        self.sender = sender
        self.user = user
        self.command = command
    }

    /// `SIGTERM`; of those without a common name, `signal 42`.
    package var name: String { SignalName.of(number) }

    /// Whether it asks the process to end.
    package var isEnding: Bool { number == SIGTERM || number == SIGINT }

    /// One sentence: ``SIGTERM from process 4711 (`timeout 60 …`), user 0``; `SIGTERM, sender already gone (process 4711), uid 0`.
    /// - Parameters:
    ///   - own: this process.
    ///   - parent: its parent's number and what it is called, when that is known.
    package func sentence(own: Int32 = getpid(), parent: (process: Int32, title: String)? = nil) -> String {
        guard code <= 0 else {
            return number == SIGINT || number == SIGHUP ? "\(name) from the terminal" : "\(name) from the kernel (si_code \(code))"
        }
        if sender == 0 { return "\(name) from outside of this container, uid \(user)" }
        if sender == own { return "\(name) from the process itself" }
        if let parent, sender == parent.process { return "\(name) from process \(sender) (\(parent.title)), user \(user)" }
        guard !command.isEmpty else { return "\(name), sender already gone (process \(sender)), uid \(user)" }
        return "\(name) from process \(sender) (`\(command)`), user \(user)"
    }
}

/// Signals by their names.
package enum SignalName {
    private static let names: [Int32: String] = [
        SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS",
        SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGUSR1: "SIGUSR1", SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2", SIGPIPE: "SIGPIPE",
        SIGALRM: "SIGALRM", SIGTERM: "SIGTERM", SIGCHLD: "SIGCHLD", SIGCONT: "SIGCONT", SIGSTOP: "SIGSTOP", SIGTSTP: "SIGTSTP",
        SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ", SIGSYS: "SIGSYS",
    ]

    /// `SIGTERM`; `signal 42` for one without a common name.
    package static func of(_ number: Int32) -> String { names[number] ?? "signal \(number)" }
}

/// Catches signals with their senders, and hands them out one by one.
///
/// A handler and not `sigwaitinfo`: that needs the signals blocked in every thread, but `dispatch_main`, in which the first thread of a
/// Swift program with an async main waits, unblocks all of them there, and the default action would win. The handler also sees the sender
/// at the first possible moment.
package struct SignalCatcher: Sendable {
    private let reading: Int32

    /// Nil: the system has no descriptor left. Only the last one made catches.
    package init?(_ signals: [Int32]) {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0, let reading = ends.first, let writing = ends.last else { return nil }
        // A handler must never wait for its own reader.
        guard fcntl(writing, F_SETFL, O_NONBLOCK) == 0, clinux_catch(signals, Int32(signals.count), writing) == 0 else {
            close(reading)
            close(writing)
            return nil
        }
        self.reading = reading
    }

    /// The next one; blocks the thread. Nil: there will be none.
    package func next() -> CaughtSignal? {
        var caught = clinux_caught()
        guard clinux_caught_next(reading, &caught) == 1 else { return nil }
        let length = min(Int(caught.command_length), MemoryLayout.size(ofValue: caught.command))
        let command = withUnsafeBytes(of: &caught.command) { CommandText.clean($0.prefix(length)) }
        return CaughtSignal(number: caught.number, code: caught.code, sender: caught.sender, user: caught.user, command: command)
    }

    /// Ends this process as the signal would have ended it uncaught, so that who started it sees why it ended (143 and 130 in shells).
    package static func end(by number: Int32) -> Never {
        clinux_end_by(number)
        exit(128 + number)
    }
}
