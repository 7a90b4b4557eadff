/// Time passes, and pulses stand still.
extension Crew {
    /// Milliseconds between telling a process to die and making it: with the time to find a hang and to start again less than eight seconds.
    static let dying: Int64 = 2_000
    /// The runtime writes the stack of the thread that gets it. Not SIGABRT: the pools' threads, and all that they start, block that.
    private static let lastWord: Int32 = 5

    package mutating func tick(at now: Int64) -> [Action] {
        var actions: [Action] = []
        if let due = startAt, due <= now {
            startAt = nil
            if goal == .serve, server == nil { actions.append(.spawn(.serve)) }
        }
        if let due = apologyAt, due <= now {
            apologyAt = nil
            if incident != nil || goal == .rest, !hasApology { actions.append(.spawn(.apology)) }
        }
        if let due = retryAt, due <= now, goal == .serve { actions += tryAgain(at: now) }
        for process in members.keys.sorted() { actions += lookAt(process, at: now) }
        return actions
    }

    /// When `tick` has something to do next; nil: not before something happens.
    package var nextTick: Int64? {
        let ofMembers = members.values.flatMap { member in
            [member.dieBy, member.leaveBy, member.phase == .starting ? member.stage.patience.map { member.stageAt + $0 } : nil]
        }
        return ([startAt, apologyAt, retryAt] + ofMembers).compactMap { $0 }.min()
    }

    /// A worker's pulse stands still: evidence, then the end of it.
    package mutating func hung(_ process: Int32, _ pulse: VitalSign, milliseconds: Int64, at now: Int64) -> [Action] {
        guard let member = members[process], member.killedFor == nil else { return [] }
        members[process]?.killedFor = pulse.name
        members[process]?.silent = milliseconds
        members[process]?.dieBy = now + Self.dying
        let evidence = Action.record(process, .hang(pulse: pulse.name, milliseconds: milliseconds))
        let told = Action.tell(
            .error, "a worker hangs and is ended", ["worker": "\(process)", "pulse": pulse.name, "silent": "\(milliseconds) ms"])
        return [told, evidence, .killThread(process, thread: pulse.thread, signal: Self.lastWord)]
    }

    private mutating func lookAt(_ process: Int32, at now: Int64) -> [Action] {
        guard let member = members[process] else { return [] }
        if let due = member.dieBy {
            guard due <= now else { return [] }
            members[process]?.dieBy = nil
            return [.kill(process, signal: 9)]
        }
        if let due = member.leaveBy, due <= now {
            members[process]?.leaveBy = nil
            if member.killedFor == nil { members[process]?.killedFor = "drain" }
            return [
                .tell(.warning, "a worker did not end in its time and is killed", ["worker": "\(process)"]), .kill(process, signal: 9),
            ]
        }
        guard member.phase == .starting, member.killedFor == nil, let patience = member.stage.patience, now - member.stageAt >= patience
        else { return [] }
        members[process]?.killedFor = Self.stage
        members[process]?.dieBy = now + Self.dying
        let place = "\(member.stage.number) \(member.stage.name)"
        return [
            .tell(.error, "a worker's start stands still and is ended", ["worker": "\(process)", "stage": place]),
            .record(process, .deadline), .killThread(process, thread: 0, signal: Self.lastWord),
        ]
    }
}
