import CLinux
import Glibc
import Host

/// Does what the crew decides.
extension Supervisor {
    func carryOut(_ actions: [Action]) {
        for action in actions { carryOut(action) }
        settlePorts()
        settleProgram()
        // Whoever comes now is refused at once, and goes elsewhere, instead of waiting for nobody.
        if case .stop = crew.goal { closePorts() }
    }

    private func carryOut(_ action: Action) {
        switch action {
        case .spawn(let role): spawn(role)
        case .say(let process, let word): hands[process]?.channel.say(word)
        case .kill(let process, let number): if hands[process] != nil { kill(process, number) }
        case .killThread(let process, let thread, let number): killThread(process, thread, number)
        case .record(let process, let kind): record(process, kind)
        case .tell(let severity, let message, let facts): journal.write(severity, message, facts)
        case .notify(let notice): manager.tell(notice)
        case .answer(let tag, let answer):
            door?.answer(tag, "{\"done\":\(answer.isDone),\"text\":\(JSONLine.quoted(answer.text))}")
        case .plan: choosePrograms()
        case .leaveProgram(let reason): leaveProgram(reason)
        case .end(let how): ending = how
        }
    }

    private func killThread(_ process: Int32, _ thread: Int32, _ number: Int32) {
        guard hands[process] != nil else { return }
        dying.insert(process)
        guard let hanging = ThreadFacts.all(of: process).hanging(likely: thread), clinux_signal_thread(process, hanging, number) == 0
        else {
            kill(process, number)
            return
        }
    }

    /// The runtime writes the stack down and lets the thread go on, as the signal came from outside: then its time has come.
    func finishDying() {
        for process in dying {
            guard hands[process] != nil else {
                dying.remove(process)
                continue
            }
            guard evidence.hasBacktrace(of: process) else { continue }
            dying.remove(process)
            kill(process, SIGKILL)
        }
    }

    private func spawn(_ role: Member.Role) {
        let now = Clock.now
        guard let (channel, theirs) = Channel.pair() else {
            return carryOut(crew.notSpawned(role, reason: String(cString: strerror(errno)), at: now))
        }
        let box = Hand.makeBox()
        // Descriptor 4 is there in any case, so that the ports have their places.
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer {
            close(theirs)
            if nothing >= 0 { close(nothing) }
            if let box { close(box.descriptor) }
        }
        let ports = nextPorts ?? ports
        evidence.prepare()
        let program = programOfNext(role)
        var child = Spawn(
            arguments: arguments(role), descriptors: [theirs, box?.descriptor ?? nothing] + ports.map(\.descriptor),
            environment: environment)
        child.program = program.handle
        switch child.run() {
        case .failure(let failure): carryOut(crew.notSpawned(role, reason: "\(failure)", at: now))
        case .success(let process):
            hands[process] = Hand(process: process, role: role, program: program, channel: channel, box: box?.memory)
            journal.write(.info, "started a worker", ["worker": "\(process)", "role": role.rawValue])
            carryOut(crew.spawned(process, role, at: now))
        }
    }

    private func arguments(_ role: Member.Role) -> [String] {
        let ports = (nextPorts ?? ports).map { "--port=\($0.bound.isSecure ? "https" : "http")" }
        switch role {
        case .serve: return ["worker", verb] + ports + options
        case .apology:
            let incident = crew.incident.map { ["--incident=\($0.id)"] } ?? []
            return ["worker", "apology", "--verb=\(verb)"] + incident + ports + options
        }
    }

    /// The runtime writes a crashed worker's backtrace, unless the user has told it something else.
    private var environment: [String: String] {
        guard getenv("SWIFT_BACKTRACE") == nil else { return [:] }
        return ["SWIFT_BACKTRACE": BacktraceTool.setting(tool: BacktraceTool.find(), output: evidence.raw)]
    }

    private func closePorts() {
        for descriptor in Set((ports + (nextPorts ?? [])).map(\.descriptor)) { close(descriptor) }
        (ports, nextPorts) = ([], nil)
    }

    /// A restart that came to its end decides which ports stay.
    private func settlePorts() {
        guard crew.restart == nil, planning == nil, let next = nextPorts, let nextPlan else { return }
        let hasTakenOver = crew.members.values.contains {
            $0.role == .serve && $0.phase == .ready && $0.leaving == nil && $0.startedAt >= nextPortsSince
        }
        let (keep, leave) = hasTakenOver ? (next, ports) : (ports, next)
        for port in leave where !keep.contains(where: { $0.descriptor == port.descriptor }) { close(port.descriptor) }
        ports = keep
        if hasTakenOver {
            plan = nextPlan
            journal.isJSON = plan.isLogJSON
            crew.drain = plan.drain
        }
        (nextPorts, self.nextPlan) = (nil, nil)
    }
}
