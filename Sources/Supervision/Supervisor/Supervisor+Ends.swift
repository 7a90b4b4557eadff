import BlackBox
import Glibc
import Host

/// Children end.
extension Supervisor {
    /// Everyone who has ended, orphans of our workers and (as process 1) of the whole container included.
    func reap() {
        while true {
            var status: Int32 = 0
            var usage = rusage()
            let process = wait4(-1, &status, WNOHANG, &usage)
            guard process > 0 else { return }
            if process == coroner {
                coroner = nil
            } else if process == planning?.process {
                planning?.status = status
            } else if process == asking?.process {
                asking?.status = status
            } else if let hand = hands[process] {
                ended(hand, status, ResourceUse(usage))
            }
        }
    }

    private func ended(_ hand: Hand, _ status: Int32, _ use: ResourceUse) {
        drainChannel(of: hand)
        let end = WorkerEnd(waitStatus: status)
        hand.end = Hand.End(status: end, waitStatus: status, use: use, at: Clock.wall)
        var circumstances = Crew.Circumstances()
        circumstances.wasOutOfMemory = wasOutOfMemory(hand)
        if case .signalled(let number, _) = end, number != SIGKILL, number != SIGTERM, number != SIGINT {
            circumstances.underWay = hand.underWay
            circumstances.signature = signature(of: hand)
        }
        circumstances.parts = hand.parts
        noteRefusal(hand, end)
        carryOut(crew.ended(hand.process, end, circumstances, at: Clock.now))
        hands[hand.process] = nil
    }

    /// Its last words may still lie there.
    private func drainChannel(of hand: Hand) {
        while hand.isLineOpen {
            switch hand.channel.hear() {
            case .word(let word): carryOut(crew.heard(word, from: hand.process, at: Clock.now))
            case .noise: continue
            case .nothing, .closed: hand.isLineOpen = false
            }
        }
    }

    private func wasOutOfMemory(_ hand: Hand) -> Bool {
        guard let before = hand.oomKillsBefore, let after = CgroupMemory.read()?.oomKills else { return false }
        return after > before
    }

    private func noteRefusal(_ hand: Hand, _ end: WorkerEnd) {
        guard let member = crew.members[hand.process], end.isRefusal, let sentence = member.refusal else { return }
        guard access(plan.dataDirectory, W_OK) == 0 else { return }
        evidence.writeRefusal(code: end.shellCode, stage: member.stage, sentence: sentence)
    }

    /// Of the crash, from the addresses in its backtrace: three alike are a loop.
    private func signature(of hand: Hand) -> String? {
        guard let folder = folder(for: hand), let bytes = evidence.takeBacktrace(of: hand.process, to: folder),
            let signature = RawBacktrace(json: bytes)?.signature
        else { return nil }
        return String(signature, radix: 16)
    }

    func folder(for hand: Hand) -> String? {
        if hand.folder == nil { hand.folder = evidence.folder(process: hand.process, at: hand.end?.at ?? Clock.wall) }
        return hand.folder
    }

    /// Writes what is known of an end, or of a life before it is ended; the coroner makes a certificate of it later.
    func record(_ process: Int32, _ kind: EndKind) {
        guard let hand = hands[process], let folder = folder(for: hand) else { return }
        if case .hang = kind, hand.end == nil { writeThreads(of: hand, to: folder) }
        if case .deadline = kind, hand.end == nil { writeThreads(of: hand, to: folder) }
        if case .restart = kind { writeThreads(of: hand, to: folder) }
        _ = evidence.takeBacktrace(of: process, to: folder)
        if let box = hand.box { EvidenceFolder.write(box.copy(), "blackbox", in: folder) }
        EvidenceFolder.write(Array(facts(of: hand, kind).text.utf8), "death", in: folder)
        if hand.end != nil { lastDeath = "\(kind.name): \(hand.end.map { "\($0.status)" } ?? "")" }
        // What hangs or stands still is about to die: the certificate is made when the whole is known.
        let isWhole = hand.end != nil || kind == .restart
        if isWhole, !uncertified.contains(folder) {
            if uncertified.isEmpty { oldestUncertified = Clock.now }
            uncertified.append(folder)
        }
    }

    private func writeThreads(of hand: Hand, to folder: String) {
        let lines = ThreadFacts.all(of: hand.process).map(\.line).joined()
        EvidenceFolder.write(Array(lines.utf8), "threads", in: folder)
    }

    private func facts(of hand: Hand, _ kind: EndKind) -> DeathFacts {
        let member = crew.members[hand.process] ?? crew.lastEnded
        let vitals = hand.box?.vitals()
        var facts = DeathFacts()
        facts.add("pid", hand.process)
        facts.add("role", hand.role.rawValue)
        facts.add("build", vitals?.build)
        facts.add("started_ms", hand.startedAt)
        facts.add("ended_ms", hand.end?.at)
        addEnd(of: hand, to: &facts)
        facts.add("oom_kill_before", hand.oomKillsBefore)
        facts.add("oom_kill_after", CgroupMemory.read()?.oomKills)
        facts.add("rlimit_as", ResourceLimit.read(.addressSpace)?.soft)
        facts.add("address_kb", hand.addressSpace > 0 ? hand.addressSpace : nil)
        facts.add("memory_limit_kb", CgroupMemory.read()?.limit.map { $0 / 1_024 })
        if let stage = vitals?.stage {
            facts.add("stage", "\(stage.number) \(stage.name)")
        } else if let member, member.process == hand.process {
            facts.add("stage", "\(member.stage.number) \(member.stage.name)")
        }
        facts.add("uptime_ms", Clock.now - hand.startedSteady)
        facts.add("kind", kind.name)
        if case .hang(let pulse, let milliseconds) = kind {
            facts.add("heartbeat", pulse)
            if milliseconds > 0 { facts.add("silent_ms", milliseconds) }
        }
        if let member, member.process == hand.process { facts.add("refusal", member.refusal) }
        if let signal = vitals?.signal {
            facts.add("sender_pid", signal.sender)
            facts.add("sender_uid", signal.user)
            facts.add("sender_command", signal.command)
        }
        facts.add("restarts_in_row", crew.deathsInRow)
        facts.add("level", crew.incident != nil ? 2 : crew.parts.off.isEmpty && crew.quarantine.held.isEmpty ? 0 : 1)
        facts.add("parts_off", crew.parts.off.map(\.rawValue).joined(separator: " "))
        facts.add("incident", crew.incident?.id)
        if let left, hand.program === left.program {
            facts.add("left_build", left.build)
            facts.add("serving_build", left.now)
        }
        facts.add("poison", crew.quarantine.held.map { String($0.fingerprint, radix: 16) }.joined(separator: " "))
        facts.add("held", crew.quarantine.held.map { "\(String($0.fingerprint, radix: 16)):\($0.incident)" }.joined(separator: " "))
        return facts
    }

    private func addEnd(of hand: Hand, to facts: inout DeathFacts) {
        guard let end = hand.end else { return }
        facts.add("wait_status", end.waitStatus)
        switch end.status {
        case .exited(let code): facts.add("exit_code", code)
        case .signalled(let number, let hasCore):
            facts.add("signal", number)
            facts.add("core", hasCore ? 1 : 0)
        }
        facts.add("utime_ms", end.use.userMilliseconds)
        facts.add("stime_ms", end.use.systemMilliseconds)
        facts.add("maxrss_kb", end.use.mostResidentKiB)
    }

    /// The program ends: what has no certificate yet gets it from a process that nobody waits for.
    func certifyRest() {
        for folder in uncertified.prefix(1) {
            guard case .success(let process) = Spawn(arguments: ["worker", "certify", folder]).run() else { return }
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(process), 10)
        }
    }

    /// One at a time, and not while a worker starts: certificates can wait, visitors can't.
    func certifyNext(at now: Int64) {
        guard coroner == nil, let folder = uncertified.first else { return }
        let isBusy = crew.members.values.contains { $0.role == .serve && $0.phase != .ready }
        guard !isBusy || now - oldestUncertified > 5_000 else { return }
        uncertified.removeFirst()
        oldestUncertified = now
        guard case .success(let process) = Spawn(arguments: ["worker", "certify", folder]).run() else { return }
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(process), 10)
        coroner = process
    }
}
