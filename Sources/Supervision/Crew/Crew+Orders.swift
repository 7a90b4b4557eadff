/// People and the service manager ask for something.
extension Crew {
    /// - Parameter tag: who waits for an answer.
    package mutating func order(_ order: Order, tag: Int?, at now: Int64) -> [Action] {
        switch order {
        case .restart: return wantRestart(tag: tag)
        case .drain: return rest(tag: tag, at: now)
        case .stop:
            let actions = stop(.exit(0), at: now)
            return answering(tag, true, "stopping") + actions
        case .reload: return toServers(.reload, tag: tag, "told the workers to read certificates and log level again")
        case .resume: return resume(tag: tag, at: now)
        case .level(let name, let seconds): return toServers(.level(name, seconds: seconds), tag: tag, "told the workers")
        }
    }

    /// - Parameter number: SIGTERM, SIGINT or SIGHUP.
    package mutating func signalled(_ number: Int32, at now: Int64) -> [Action] {
        if number == 1 { return wantRestart(tag: nil) }
        guard case .stop = goal else { return stop(.signal(number), at: now) }
        // The second time somebody means it.
        goal = .stop(.signal(number))
        return members.isEmpty
            ? [.end(.signal(number))]
            : members.keys.sorted().map { process in
                members[process]?.killedFor = "impatience"
                return .kill(process, signal: 9)
            }
    }

    /// The settings were resolved again.
    /// - Parameter failure: why they can't be used; nil: they are good.
    package mutating func planned(failure: String?, at now: Int64) -> [Action] {
        guard let asked = restart, asked.successor == nil else { return [] }
        if let failure {
            restart = nil
            return answering(asked.tag, false, "the new settings or the new program can't be used, the old ones stay: \(failure)")
                + [.tell(.error, "the restart was refused; the old worker goes on serving", ["reason": failure]), .notify(.ready)]
        }
        guard goal == .serve else {
            restart = nil
            return answering(asked.tag, false, "the server is \(mode)")
        }
        return [.spawn(.serve)]
    }

    private mutating func wantRestart(tag: Int?) -> [Action] {
        guard goal == .serve else { return answering(tag, false, "the server is \(mode)") }
        guard restart == nil, members.values.allSatisfy({ $0.leaving != .handover || $0.hasHanded }), startAt == nil else {
            return answering(tag, false, "a start or restart is under way already")
        }
        restart = Restart(tag: tag)
        startAt = nil
        return [.notify(.reloading), .plan]
    }

    private mutating func rest(tag: Int?, at now: Int64) -> [Action] {
        guard goal == .serve else { return answering(tag, false, "the server is \(mode)") }
        goal = .rest
        (startAt, retryAt) = (nil, nil)
        let told = leave(.asked, roles: [.serve], at: now)
        let standIn: [Action] = hasApology ? [] : [.spawn(.apology)]
        return standIn + told + answering(tag, true, "draining; `switchboard resume` serves again")
    }

    private mutating func resume(tag: Int?, at now: Int64) -> [Action] {
        guard goal == .serve || goal == .rest else { return answering(tag, false, "the server is \(mode)") }
        goal = .serve
        let isSafe = !quarantine.held.isEmpty || !parts.off.isEmpty
        quarantine.release()
        parts.release()
        // Who serves without something has to be started anew, as in any restart: with it.
        if isSafe, server?.phase == .ready { return wantRestart(tag: tag) }
        return tryAgain(at: now) + answering(tag, true, "starting")
    }

    private mutating func stop(_ ending: Ending, at now: Int64) -> [Action] {
        if case .stop = goal { return [] }
        goal = .stop(ending)
        (startAt, apologyAt, retryAt) = (nil, nil, nil)
        let unanswered = restart?.tag
        restart = nil
        var actions: [Action] = [.notify(.stopping)] + answering(unanswered, false, "the server is stopping")
        actions += leave(.asked, roles: [.serve, .apology], at: now)
        return members.isEmpty ? actions + [.end(ending)] : actions
    }

    private mutating func leave(_ why: Member.Leaving, roles: Set<Member.Role>, at now: Int64) -> [Action] {
        members.keys.sorted().compactMap { process in
            guard let member = members[process], roles.contains(member.role) else { return nil }
            if member.leaving == nil { members[process]?.leaving = why }
            members[process]?.leaveBy = now + drain + Self.grace
            return .say(process, .drain)
        }
    }

    private func toServers(_ word: ToWorker, tag: Int?, _ done: String) -> [Action] {
        let serving = members.values.filter { $0.role == .serve }.map(\.process).sorted()
        guard !serving.isEmpty else { return answering(tag, false, "no worker runs: the server is \(mode)") }
        return serving.map { .say($0, word) } + answering(tag, true, done)
    }

    private func answering(_ tag: Int?, _ isDone: Bool, _ text: String) -> [Action] {
        tag.map { [.answer($0, OrderAnswer(isDone, text))] } ?? []
    }
}
