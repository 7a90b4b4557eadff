package import BlackBox
package import Host
import Logging
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Hears the signals of a serving process, and says who sent them: into the black box at once, then into the log in one sentence.
///
/// The first SIGTERM or SIGINT ends the service in its own time, the second ends the process at once. Either way it ends by the signal
/// itself (`endIfAsked`), so that whoever waits for it sees 143 or 130 and no clean exit that it wasn't.
package final class SignalWatch: Sendable {
    private struct State {
        /// The first that asked for the end.
        var ending: CaughtSignal?
        var stop: (@Sendable () -> Void)?
        var reload: (@Sendable () -> Void)?
    }

    private let isSupervised: Bool
    private let box: BlackBoxWriter
    private let state = Mutex(State())

    /// - Parameter isSupervised: whether another process holds the ports, and reloads on SIGHUP.
    package init(isSupervised: Bool, box: BlackBoxWriter = BlackBox.writer) {
        self.isSupervised = isSupervised
        self.box = box
    }

    /// Catches from now on. Until `follow` there is nothing to end in its own time: the first signal that asks for it ends the process.
    package func begin() {
        guard let catcher = SignalCatcher([SIGTERM, SIGINT, SIGHUP, SIGUSR1]) else { return }
        // Nobody waits for this thread: it lives as long as the process.
        _ = OwnThread.start(named: "signals") { [self] in
            while let signal = catcher.next() { hear(signal) }
        }
    }

    /// The service runs.
    /// - Parameters:
    ///   - stop: called once, by the first SIGTERM or SIGINT.
    ///   - reload: called by SIGHUP of a process, when there is no supervisor.
    package func follow(stop: @escaping @Sendable () -> Void, reload: @escaping @Sendable () -> Void = {}) {
        state.withLock { state in
            state.stop = stop
            state.reload = reload
        }
    }

    /// The signal that ended the service; nil: something else did.
    package var ending: CaughtSignal? { state.withLock { $0.ending } }

    /// The last thing that a served process does: when a signal asked for its end, it ends by that.
    package func endIfAsked() {
        if let ending { SignalCatcher.end(by: ending.number) }
    }

    func hear(_ signal: CaughtSignal) {
        box.noteSignal(number: signal.number, code: signal.code, sender: signal.sender, user: signal.user, command: signal.command)
        let parent = isSupervised ? (process: getppid(), title: "the supervisor") : nil
        let sentence = signal.sentence(parent: parent)
        // Ctrl-C and a lost terminal come to the whole group: the supervisor has it as well, and gives its orders.
        if isSupervised, signal.code > 0 { return log(.debug, "\(sentence): the supervisor's to answer", signal) }
        switch signal.number {
        case SIGTERM, SIGINT: end(by: signal, sentence)
        case SIGHUP where signal.code > 0: end(by: signal, sentence)
        case SIGHUP where !isSupervised:
            log(.notice, "\(sentence): taking the certificates anew", signal)
            state.withLock { $0.reload }?()
        case SIGHUP: log(.warning, "\(sentence): ignored, as the supervisor reloads", signal)
        default: log(.notice, "\(sentence): nothing is bound to it", signal)
        }
    }

    private func end(by signal: CaughtSignal, _ sentence: String) {
        let (isFirst, stop) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            guard state.ending == nil else { return (false, nil) }
            state.ending = signal
            return (true, state.stop)
        }
        guard isFirst else {
            log(.warning, "\(sentence): the second one, ending at once", signal)
            SignalCatcher.end(by: signal.number)
        }
        guard let stop else {
            log(.notice, "\(sentence): ending, before the service had begun", signal)
            SignalCatcher.end(by: signal.number)
        }
        log(.notice, "\(sentence): draining", signal)
        stop()
    }

    /// Made when it's needed: a signal may come before there is a log.
    private func log(_ level: Logger.Level, _ message: String, _ signal: CaughtSignal) {
        var metadata: Logger.Metadata = ["signal": "\(signal.name)"]
        if signal.code <= 0 {
            metadata["sender"] = "\(signal.sender)"
            metadata["uid"] = "\(signal.user)"
        }
        Logger(label: "switchboard").log(level: level, "\(message)", metadata: metadata)
    }
}
