import BlackBox

/// A new release without a full restart: a restart starts the new worker from what now lies under the name by which this program was started.
extension Supervisor {
    /// The first step of a restart: of which program the new worker is.
    func choosePrograms() {
        guard let name = Program.name else { return startPlanning(by: program) }
        do throws(ProgramFailure) {
            let found = try Program.find(name)
            if found.isSame(as: program) { return startPlanning(by: program) }
            if found.isOwn { return startPlanning(by: found) }
            switch VersionChild.start(found) {
            case .failure(let failure): refuse(found, "\(failure)")
            case .success(let child): asking = child
            }
        } catch {
            // Taken away altogether: that is no order to change.
            journal.write(
                .warning, "no program lies under the own name; workers stay what they are", ["path": name, "reason": error.reason])
            startPlanning(by: program)
        }
    }

    func readVersion(_ child: VersionChild) {
        guard let outcome = child.read() else { return }
        asking = nil
        switch outcome {
        case .unusable(let reason): refuse(child.program, reason)
        case .build(let build):
            nextBuild = build
            startPlanning(by: child.program)
        }
    }

    /// The restart is off, and why stays in the status.
    func refuse(_ refused: Program, _ reason: String) {
        refusedProgram = RefusedProgram(path: refused.path ?? "", build: nil, reason: reason)
        carryOut(crew.planned(failure: "\(refused.path ?? "") is not used: \(reason)", at: Clock.now))
    }

    /// What kept a restart from taking another program; nothing where it was the same.
    func note(refused: Program, _ reason: String) {
        guard !refused.isSame(as: program) else { return }
        refusedProgram = RefusedProgram(path: refused.path ?? "", build: nextBuild, reason: reason)
    }

    private func reasonOfEnd(of next: Program) -> String {
        guard let member = crew.lastEnded, let hand = hands[member.process], hand.program === next else {
            return "its worker did not start"
        }
        let end = hand.end.map { "\($0.status)" } ?? "an unknown end"
        return member.refusal ?? "its worker ended with \(end) in stage \(member.stage.number) \(member.stage.name)"
    }

    /// Which program the next worker of this role is started from.
    func programOfNext(_ role: Member.Role) -> Program {
        guard role == .serve else { return .own }
        // A restart that failed half-way goes on with what served before.
        return crew.restart == nil ? program : nextProgram ?? program
    }

    /// A restart has come to its end.
    func settleProgram() {
        guard crew.restart == nil, planning == nil, asking == nil, let next = nextProgram else { return }
        nextProgram = nil
        let hasTakenOver = crew.members.values.contains { member in
            member.role == .serve && member.phase == .ready && member.leaving == nil && member.startedAt >= nextPortsSince
                && hands[member.process]?.program === next
        }
        guard hasTakenOver else { return note(refused: next, reasonOfEnd(of: next)) }
        refusedProgram = nil
        guard !next.isSame(as: program) else { return }
        let build = next.isOwn ? ownBuild : nextBuild
        journal.write(
            .notice, "workers are of another release from now on",
            ["before": serving, "now": build ?? "unknown", "path": next.path ?? Program.name ?? ""])
        programBefore = program.isOwn || next.isOwn ? nil : (program, programBuild)
        (program, programBuild, left) = (next, next.isOwn ? nil : nextBuild, nil)
        crew.hasOtherProgram = !next.isOwn
    }

    /// Its workers ended again and again: those of the release before serve again.
    func leaveProgram(_ reason: String) {
        let (leaving, build) = (program, serving)
        refusedProgram = RefusedProgram(path: leaving.path ?? "", build: build, reason: reason)
        (program, programBuild) = programBefore ?? (.own, nil)
        programBefore = nil
        crew.hasOtherProgram = !program.isOwn
        left = (leaving, build, serving)
    }

    /// What workers say that they are.
    private var serving: String { programBuild ?? ownBuild ?? "unknown" }

    /// A worker that runs this very program says which build it is: ours.
    func learnBuild(from hand: Hand) {
        guard ownBuild == nil, hand.program.isOwn, let build = hand.box?.vitals()?.build, !build.isEmpty else { return }
        ownBuild = build
    }

    /// What `status` says about releases.
    var releaseFields: [String] {
        var fields: [String] = []
        if let ownBuild { fields.append("\"supervisorBuild\":\(JSONLine.quoted(ownBuild))") }
        if !program.isOwn {
            let note = "the supervisor is of the release before: it changes when the service is stopped and started"
            fields.append("\"program\":\(JSONLine.quoted(program.path ?? ""))")
            fields.append("\"note\":\(JSONLine.quoted(note))")
        }
        if let refused = refusedProgram {
            let build = refused.build.map { ",\"build\":\(JSONLine.quoted($0))" } ?? ""
            fields.append(
                "\"refusedProgram\":{\"path\":\(JSONLine.quoted(refused.path))\(build),\"reason\":\(JSONLine.quoted(refused.reason))}")
        }
        return fields
    }
}

/// A new release that did not come to serve.
struct RefusedProgram {
    let path: String
    let build: String?
    let reason: String
}
