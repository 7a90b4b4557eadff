import CLinux
import Glibc
import Host

/// Signals are taken one after the other with their senders, not in the middle of something: no handler is ever installed.
final class SignalWait {
    /// A signal and who sent it, as far as that could still be read.
    struct Arrival {
        let number: Int32
        let sender: Int32
        let user: UInt32
        /// Empty when the sender is gone already.
        let command: String

        /// For the log.
        var facts: [String: String] {
            var facts = ["signal": SignalName.of(number), "sender": "\(sender)", "user": "\(user)"]
            if !command.isEmpty { facts["command"] = command }
            return facts
        }
    }

    let descriptor: Int32

    /// Nil when the system has no more descriptors. Before any thread is started: the threads inherit what is blocked.
    init?() {
        // Ignored children would be reaped by the kernel, and nobody would learn how they ended.
        for number in [SIGCHLD, SIGTERM, SIGINT] { signal(number, SIG_DFL) }
        signal(SIGPIPE, SIG_IGN)
        let wanted = [SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1]
        descriptor = clinux_signalfd(wanted, Int32(wanted.count))
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// The next one that waits; the sender is looked up at once, before it is gone.
    func next() -> Arrival? {
        var found = clinux_signal()
        guard clinux_signalfd_read(descriptor, &found) == 1 else { return nil }
        let command = found.number == SIGCHLD ? "" : ProcessFacts.read(found.sender)?.commandLine ?? ""
        return Arrival(number: found.number, sender: found.sender, user: found.sender_uid, command: command)
    }

    /// Ends this process by that signal's default action, so that whoever waits for it sees how it ended.
    static func raiseAgain(_ number: Int32) -> Never {
        clinux_end_by(number)
        // Process 1 of a container is spared by the kernel: then by the code that a shell would show.
        _exit(128 + number)
    }
}
