import CLinux
import Glibc
import Host

/// The parent: holds the ports, starts workers, hears them, notices how they end, and says so. One thread; waits in one place.
final class Supervisor {
    /// The verb that workers serve: `serve` or `proxy`.
    let verb: String
    /// As the user wrote them.
    let options: [String]
    var plan: WorkerPlan
    var ports: [OpenPort]
    /// Ports of a restart that is under way.
    var nextPorts: [OpenPort]?
    var nextPlan: WorkerPlan?
    /// Workers started before this know nothing of those.
    var nextPortsSince: Int64 = 0
    let signals: SignalWait
    let manager = ServiceManager()
    var journal: Journal
    var crew: Crew
    var hands: [Int32: Hand] = [:]
    var door: ControlDoor?
    var planning: PlanChild?
    /// What workers are started from.
    var program = Program.own
    /// Those of which workers were before, where that is neither the own one nor what they are now; with what it says that it is.
    var programBefore: (program: Program, build: String?)?
    /// The release that was left because its workers ended again and again, and the one that serves since.
    var left: (program: Program, build: String, now: String)?
    /// What the worker of a restart that is under way is started from.
    var nextProgram: Program?
    /// What those say that they are, where they are not our own.
    var programBuild: String?
    var nextBuild: String?
    /// A new release that is asked which one it is.
    var asking: VersionChild?
    /// The last new release that did not come to serve; nil once one has.
    var refusedProgram: RefusedProgram?
    /// Of this program; nil until a worker of it has said so.
    var ownBuild: String?
    /// Folders that wait for the coroner.
    var uncertified: [String] = []
    var coroner: Int32?
    var lastDeath: String?
    var oldestUncertified: Int64 = 0
    let startedAt = Clock.now
    var lastSign: Int64 = 0
    var lastWatch: Int64 = 0
    var lastLifeSign: Int64 = 0
    /// Told to die, and expected to leave a backtrace.
    var dying: Set<Int32> = []
    var ending: Crew.Ending?

    init(verb: String, options: [String], plan: WorkerPlan, ports: [OpenPort], signals: SignalWait) {
        self.verb = verb
        self.options = options
        self.plan = plan
        self.ports = ports
        self.signals = signals
        journal = Journal(isJSON: plan.isLogJSON)
        crew = Crew(
            drain: plan.drain, dice: { Double.random(in: 0..<1) },
            makeID: { String(UInt32.random(in: 0x1000_0000...0xFFFF_FFFF), radix: 16) })
    }

    var evidence: EvidenceFolder { EvidenceFolder(path: plan.crashes) }

    /// Until nobody is left and nobody is wanted.
    func run() -> Crew.Ending {
        openDoor()
        journal.write(
            .notice, "supervising",
            ["process": "\(getpid())", "ports": ports.map(\.bound.url).joined(separator: " "), "data": plan.dataDirectory])
        lookForVanished()
        carryOut(crew.begin(at: Clock.now))
        while ending == nil { turn() }
        door?.remove()
        endLife()
        certifyRest()
        return ending ?? .exit(0)
    }

    /// Waits for the next thing to happen, and does what follows from it.
    private func turn() {
        var polled = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
        polled += hands.values.filter(\.isLineOpen).map { pollfd(fd: $0.channel.descriptor, events: Int16(POLLIN), revents: 0) }
        polled += (door?.descriptors ?? []).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        for child in [planning?.descriptor, asking?.descriptor].compactMap(\.self) {
            polled.append(pollfd(fd: child, events: Int16(POLLIN), revents: 0))
        }
        let count = poll(&polled, nfds_t(polled.count), wait)
        let ready = count > 0 ? Set(polled.filter { $0.revents != 0 }.map(\.fd)) : []
        // What workers said comes before their ends: a refusal's sentence must be known by then.
        for hand in hands.values where ready.contains(hand.channel.descriptor) { hear(hand) }
        if ready.contains(signals.descriptor) { takeSignals() }
        if let planning, ready.contains(planning.descriptor) { readPlan(planning) }
        if let asking, ready.contains(asking.descriptor) { readVersion(asking) }
        for descriptor in ready { askedAtDoor(descriptor) }
        passTime()
    }

    /// Milliseconds that nothing is to be done for.
    private var wait: Int32 {
        let now = Clock.now
        var next = now + 60_000
        if let due = crew.nextTick { next = min(next, due) }
        if !hands.isEmpty { next = min(next, now + (dying.isEmpty ? 250 : 25)) }
        if let watchdog = manager.watchdog { next = min(next, lastSign + watchdog) }
        return Int32(clamping: max(0, min(next - now, 60_000)))
    }

    private func passTime() {
        let now = Clock.now
        if let watchdog = manager.watchdog, now - lastSign >= watchdog {
            lastSign = now
            manager.isAlive()
        }
        watchHands(at: now)
        finishDying()
        renewLife(at: now)
        planning?.giveUpIfLate(at: now)
        asking?.giveUpIfLate(at: now)
        door?.sweep(at: now)
        carryOut(crew.tick(at: now))
        certifyNext(at: now)
    }

    private func openDoor() {
        if door == nil { door = ControlDoor(directory: plan.dataDirectory) }
    }

    // Hearing

    private func hear(_ hand: Hand) {
        while hand.isLineOpen {
            switch hand.channel.hear() {
            case .word(let word):
                if case .status = word { continue }
                // The data directory is made by the first worker of a new installation.
                if word == .ready {
                    openDoor()
                    learnBuild(from: hand)
                }
                carryOut(crew.heard(word, from: hand.process, at: Clock.now))
                if word == .ready { noteLife(of: hand.process) }
            case .noise: continue
            case .nothing: return
            case .closed: hand.isLineOpen = false
            }
        }
    }

    private func askedAtDoor(_ descriptor: Int32) {
        guard let asked = door?.readable(descriptor, at: Clock.now) else { return }
        switch asked.request {
        case .status: door?.answer(asked.tag, statusText)
        case .order(let order):
            journal.write(.notice, "an order came over the control socket", ["order": OrderText.write(order)])
            carryOut(crew.order(order, tag: asked.tag, at: Clock.now))
        }
    }

    private func takeSignals() {
        while let arrival = signals.next() {
            switch arrival.number {
            case SIGCHLD: continue
            case SIGTERM, SIGINT, SIGHUP:
                journal.write(.notice, arrival.number == SIGHUP ? "told to restart" : "told to stop", arrival.facts)
                carryOut(crew.signalled(arrival.number, at: Clock.now))
            default: journal.write(.info, "a signal without a meaning here", arrival.facts)
            }
        }
        // One SIGCHLD may stand for several.
        reap()
    }
}
