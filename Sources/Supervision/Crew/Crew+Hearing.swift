import BlackBox

/// Workers come and say how they are.
extension Crew {
    package mutating func spawned(_ process: Int32, _ role: Member.Role, at now: Int64) -> [Action] {
        var member = Member(process: process, role: role, startedAt: now)
        var actions: [Action] = []
        if role == .serve {
            startAt = nil
            if restart != nil, restart?.successor == nil { restart?.successor = process }
            actions += quarantine.held.map { .say(process, .quarantine($0)) }
            actions += parts.off.map { .say(process, .off($0.rawValue)) }
            // Nobody is on the data: it need not wait, and not even ask.
            if holder == nil {
                member.isOpened = true
                actions.append(.say(process, .open(isFirst: !hasServed, isBeside: isSomebodyRelaying)))
            }
        } else {
            apologyAt = nil
        }
        members[process] = member
        return actions
    }

    /// No process could be had.
    package mutating func notSpawned(_ role: Member.Role, reason: String, at now: Int64) -> [Action] {
        let wait = role == .serve ? backoff.died(lived: 0, dice: dice()) : apologyBackoff.died(lived: 0, dice: dice())
        if role == .serve, let asked = restart, asked.successor == nil {
            // Who serves goes on; a restart that waits for ever would be in the way of the next.
            restart = nil
            let answer = asked.tag.map { [Action.answer($0, OrderAnswer(false, "no worker could be started: \(reason)"))] } ?? []
            if server != nil {
                return answer + [.tell(.error, "the restart failed: no worker could be started", ["reason": reason]), .notify(.ready)]
            }
        }
        if role == .serve { startAt = now + max(wait, 100) } else { apologyAt = now + max(wait, 1_000) }
        return [.tell(.error, "no worker could be started", ["reason": reason])]
    }

    package mutating func heard(_ word: FromWorker, from process: Int32, at now: Int64) -> [Action] {
        guard var member = members[process] else { return [] }
        defer { if members[process] != nil { members[process] = member } }
        // A thread that was woken by the signal to die may go on for a moment: that changes nothing.
        if member.killedFor != nil, [.prepared, .ready].contains(word) { return [] }
        switch word {
        case .stage(let stage):
            member.stage = stage
            member.stageAt = now
            // From then on the status says who serves.
            return stage.number < WorkerStage.ready ? [.notify(.status("\(stage.number) \(stage.name)"))] : []
        case .prepared:
            guard !member.isOpened else { return [] }
            member.phase = .prepared
            members[process] = member
            let actions = handOver(to: process, at: now)
            member = members[process] ?? member
            return actions
        case .ready:
            member.phase = .ready
            member.stageAt = now
            members[process] = member
            return member.role == .serve ? served(process, at: now) : []
        case .refused(_, let sentence):
            member.refusal = String(sentence.prefix(1_000))
            return []
        case .draining:
            guard member.leaving == nil else { return [] }
            member.leaving = .foreign
            member.leaveBy = now + drain + Self.grace
            members[process] = member
            return foreignStop(process, at: now)
        case .handed:
            member.hasHanded = true
            member.leaveBy = now + Self.relayTime
            members[process] = member
            return openNext()
        case .status: return []
        }
    }

    /// Milliseconds beyond the drain time before a worker that doesn't go is killed.
    static let grace: Int64 = 5_000
    /// Milliseconds that what needs the data directory gets in a hand-over; streams that don't may go on for the drain time.
    package static let handoverTime: Int64 = 15_000
    /// Milliseconds that streams may go on in a worker that has let the data go; the worker itself ends them a little earlier.
    package static let relayTime: Int64 = 630_000

    /// Whoever has the data lets it go; nobody has it: the next may open it.
    private mutating func handOver(to process: Int32, at now: Int64) -> [Action] {
        guard var old = holder else { return openNext() }
        guard old.leaving == nil else { return [] }
        old.leaving = .handover
        old.leaveBy = now + Self.handoverTime
        members[old.process] = old
        return [.record(old.process, .restart), .say(old.process, .handover)]
    }

    mutating func openNext() -> [Action] {
        guard goal == .serve, holder == nil, var next = server, next.phase == .prepared else { return [] }
        next.isOpened = true
        next.phase = .starting
        members[next.process] = next
        return [.say(next.process, .open(isFirst: !hasServed, isBeside: isSomebodyRelaying))]
    }

    /// A worker takes requests: whoever stood in for it goes.
    private mutating func served(_ process: Int32, at now: Int64) -> [Action] {
        var actions: [Action] = []
        if !hasServed { actions.append(.notify(.ready)) }
        hasServed = true
        retryAt = nil
        if let over = incident {
            incident = nil
            actions.append(.tell(.notice, "the server is well again", ["incident": over.id]))
        }
        for apology in members.values where apology.role == .apology && apology.leaving == nil {
            members[apology.process]?.leaving = .asked
            members[apology.process]?.leaveBy = now + Self.grace
            actions.append(.say(apology.process, .drain))
        }
        if let asked = restart, asked.successor == process {
            restart = nil
            actions.append(.notify(.ready))
            if let tag = asked.tag { actions.append(.answer(tag, OrderAnswer(true, "worker \(process) serves"))) }
        }
        actions.append(.notify(.status("serving by worker \(process)")))
        return actions
    }

    private mutating func foreignStop(_ process: Int32, at now: Int64) -> [Action] {
        var actions: [Action] = [
            .tell(.warning, "a worker was told to end by somebody else; another one takes over", ["worker": "\(process)"])
        ]
        guard goal == .serve, server == nil else { return actions }
        actions.append(.spawn(.serve))
        return actions
    }
}
