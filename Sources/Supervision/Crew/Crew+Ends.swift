package import BlackBox

/// Workers end.
extension Crew {
    /// What is known of a death besides the wait status.
    package struct Circumstances: Sendable {
        /// The kernel killed for want of memory since the worker's start.
        package var wasOutOfMemory = false
        /// Fingerprints of the inputs that were under way.
        package var underWay: [UInt64] = []
        /// Optional parts that were at work, the one that began last first.
        package var parts: [OptionalPart] = []
        /// Of the crash, where a backtrace was found.
        package var signature: String?

        package init() {}

        /// Inputs that may have killed it. Where a part that serves requests was at work it comes first: whatever asked would have met the same,
        /// and would be held back in its place.
        var suspects: [UInt64] { parts.contains(where: \.servesRequests) ? [] : underWay }
    }

    package mutating func ended(_ process: Int32, _ end: WorkerEnd, _ circumstances: Circumstances, at now: Int64) -> [Action] {
        guard let member = members.removeValue(forKey: process) else { return [] }
        lastEnded = member
        if case .stop(let ending) = goal { return stopped(member, end, ending) }
        if member.role == .apology { return apologyEnded(member, end, at: now) }
        guard let leaving = member.leaving else { return died(member, end, circumstances, at: now) }
        let evidence: [Action] = leaving == .foreign ? [.record(process, .foreignStop)] : []
        return evidence + openNext() + tellAlone(after: member)
    }

    /// The last of those that still carried streams has ended: what they wrote may be taken into the books.
    private func tellAlone(after member: Member) -> [Action] {
        guard member.hasHanded, !isSomebodyRelaying else { return [] }
        return members.values.filter { $0.role == .serve && $0.isOpened }.map { .say($0.process, .alone) }
    }

    private func stopped(_ member: Member, _ end: WorkerEnd, _ ending: Ending) -> [Action] {
        var actions: [Action] = []
        // Killed by us after its time, or fallen on its way out: worth knowing.
        if member.role == .serve, end != .exited(0), member.killedFor == nil {
            actions.append(.record(member.process, kind(of: member, end)))
        }
        if members.isEmpty { actions.append(.end(ending)) }
        return actions
    }

    private mutating func apologyEnded(_ member: Member, _ end: WorkerEnd, at now: Int64) -> [Action] {
        guard member.leaving == nil, incident != nil || goal == .rest else { return [] }
        apologyAt = now + max(1_000, apologyBackoff.died(lived: now - member.startedAt, dice: dice()))
        return [.tell(.error, "the stand-in worker ended", ["how": "\(end)"])]
    }

    private mutating func died(_ member: Member, _ end: WorkerEnd, _ circumstances: Circumstances, at now: Int64) -> [Action] {
        deaths += 1
        let record = Action.record(member.process, kind(of: member, end))
        guard goal == .serve else { return [record] }
        if end.isRefusal, !hasServed { return [record, .end(.exit(end.shellCode))] }
        // A first start that stands still: whoever started the program decides whether to try again.
        if member.killedFor == Self.stage, !hasServed { return [record, .end(.exit(Self.stoodStill))] }
        if let failed = failedRestart(member, end) { return failed + [record] }
        if isFromOutside(member, end, circumstances) {
            // Somebody's act, no fault of the program: back at once, however often.
            return [
                .spawn(.serve), .tell(.warning, "a worker was killed from outside; another one was started", facts(member, end)), record,
            ]
        }
        let caught = quarantine.died(with: circumstances.suspects, makeID: makeID)
        var actions: [Action] = caught.map { input in
            .tell(
                .warning, "an input that killed workers is held back", ["input": hex(input.fingerprint), "incident": input.incident])
        }
        let wait = backoff.died(lived: now - member.startedAt, dice: dice())
        var isLoop = loop.died(signature: signature(member, end, circumstances), at: now)
        if let part = parts.died(with: circumstances.parts, at: now) {
            // What it can do without is the better answer to a loop than a page that says sorry.
            loop.forget()
            isLoop = false
            actions.append(
                .tell(
                    .error, "an optional part kept ending the server and is switched off until `switchboard resume`",
                    ["part": part.rawValue]))
        }
        let isHopeless = isLoop || (end.needsPerson && hasServed)
        if isHopeless, hasOtherProgram {
            actions += leaveProgram(member, end)
        } else if isHopeless {
            actions += enterIncident(facts(member, end), refusal: member.refusal, at: now)
        } else if wait == 0 {
            actions.append(.spawn(.serve))
        } else {
            startAt = now + wait
        }
        actions.append(.tell(.error, "a worker died", facts(member, end).merging(["wait": "\(wait) ms"]) { $1 }))
        return actions + [record]
    }

    /// A new release that can't stay up: the one before it is there to be gone back to.
    private mutating func leaveProgram(_ member: Member, _ end: WorkerEnd) -> [Action] {
        hasOtherProgram = false
        loop.forget()
        backoff.reset()
        // What killed workers of that release says nothing of this one.
        parts.release()
        quarantine.release()
        let last = member.refusal ?? "\(end) in stage \(member.stage.number) \(member.stage.name)"
        return [
            .tell(.error, "the new release ended again and again; the one before it serves again", facts(member, end)),
            .leaveProgram(reason: "its workers ended again and again, last with \(last)"), .spawn(.serve),
        ]
    }

    /// The one that was to take over is gone, and the old one still serves: nothing is lost but the restart.
    private mutating func failedRestart(_ member: Member, _ end: WorkerEnd) -> [Action]? {
        guard let asked = restart, asked.successor == member.process else { return nil }
        restart = nil
        let reason = member.refusal ?? "it ended with \(end) in stage \(member.stage.number) \(member.stage.name)"
        let answer = asked.tag.map { [Action.answer($0, OrderAnswer(false, "the new worker did not start: \(reason)"))] } ?? []
        if let old = server, old.isOpened {
            return answer + [.tell(.error, "the restart failed; the old worker goes on serving", ["reason": reason]), .notify(.ready)]
        }
        // The old one is going already: another one has to be tried. Should it die as well, that is no restart any more.
        return answer + [.tell(.error, "the restart failed; another worker is tried", ["reason": reason]), .spawn(.serve)]
    }

    /// SIGKILL to a worker that was ready, and the kernel did not want its memory: a person or another program did it. (A death before it was
    /// ready counts, so that nothing can turn without end.)
    private func isFromOutside(_ member: Member, _ end: WorkerEnd, _ circumstances: Circumstances) -> Bool {
        guard case .signalled(9, _) = end else { return false }
        return member.phase == .ready && member.killedFor == nil && !circumstances.wasOutOfMemory
    }

    func kind(of member: Member, _ end: WorkerEnd) -> EndKind {
        if let killed = member.killedFor { return killed == Self.stage ? .deadline : .hang(pulse: killed, milliseconds: member.silent) }
        if case .exited = end { return .exit }
        return .signal
    }

    /// What a worker is killed for whose start stands still.
    static let stage = "stage"
    /// The exit code of such a start.
    private static let stoodStill: Int32 = 87

    /// Two deaths alike: the same end in the same stage of a start, or the same place in the program.
    private func signature(_ member: Member, _ end: WorkerEnd, _ circumstances: Circumstances) -> String? {
        if let known = circumstances.signature { return known }
        return member.phase == .ready ? nil : "\(end) in \(member.stage.number)"
    }

    private func facts(_ member: Member, _ end: WorkerEnd) -> [String: String] {
        var facts = ["worker": "\(member.process)", "how": "\(end)", "stage": "\(member.stage.number) \(member.stage.name)"]
        if let reason = member.refusal { facts["reason"] = reason }
        if let killed = member.killedFor { facts["killed"] = killed }
        return facts
    }

    private func hex(_ fingerprint: UInt64) -> String { String(fingerprint, radix: 16) }
}
