import Host

/// Decides the cause from evidence alone: no clock, no files, no other process.
///
/// The order is that of certainty: what somebody asked for, what the supervisor saw itself, what the crash wrote down, the signal, and last
/// the exit code.
enum Verdict {
    static func cause(of evidence: Evidence) -> Cause {
        guard let death = evidence.death else { return withoutDeath(evidence) }
        switch death.kind {
        case .restart: return .asked
        case .hang: return .hang
        case .deadline: return .hangAtStart
        case .vanished: return death.isOtherBoot ? .powerCut : death.hasSurvived ? .orphaned : .vanished
        case .foreignStop: return .foreignStop
        case .exit, .signal, nil: break
        }
        if let crash = crash(evidence) { return crash }
        if let signal = death.signal { return byHand(signal, death) }
        if let code = death.exitCode { return ended(code, evidence) }
        return withoutDeath(evidence)
    }

    /// Swift and C++ end the process when an allocation fails: by the names of those functions it is told from other crashes, or, as the
    /// stack of an abort often can't be followed, by how close to its limit of address space the process was.
    static func isOutOfAddresses(_ certificate: Certificate) -> Bool {
        guard certificate.cause == .trap || certificate.cause == .abort else { return false }
        if isAllocation(certificate.crash?.frames ?? []) { return true }
        let used = certificate.resources
        guard certificate.cause == .abort, let limit = used.addressLimit, let had = used.addressSpace else { return false }
        return had >= limit / 100 * 85
    }

    static func isAllocation(_ frames: [CertificateFrame]) -> Bool {
        let signs = ["AllocationFailure", "swift_slowAlloc", "operator new(", "bad_alloc", "out of memory"]
        return frames.prefix(12).contains { frame in
            guard let function = frame.function else { return false }
            return signs.contains { function.contains($0) }
        }
    }

    /// A crash that was written down counts more than the signal: a corpse that isn't gone in time is killed, and SIGKILL is what is left.
    private static func crash(_ evidence: Evidence) -> Cause? {
        let signal = evidence.death?.signal
        if let backtrace = evidence.backtrace {
            if backtrace.isAtStackEnd || isEndless(backtrace), isMemory(signal, backtrace) { return .stackOverflow }
            if let cause = byDescription(backtrace.description) { return cause }
        }
        if isSilent(evidence) { return .stackOverflow }
        return signal.flatMap(byItself)
    }

    /// Every other bad access is written down. One by a thread whose stack is used up is not: the runtime's handler has no stack to run on,
    /// except on the main thread.
    private static func isSilent(_ evidence: Evidence) -> Bool {
        evidence.death?.signal == 11 && evidence.backtrace == nil && evidence.hasTool && evidence.death?.backtracer != "timeout"
    }

    private static func isMemory(_ signal: Int?, _ backtrace: RawBacktrace) -> Bool {
        signal == 11 || signal == 7 || byDescription(backtrace.description) == .badMemory
    }

    /// Hundreds of calls left out in the middle: something calls itself without end.
    private static func isEndless(_ backtrace: RawBacktrace) -> Bool {
        backtrace.frames.contains { frame in
            guard case .omitted(let count) = frame.kind else { return false }
            return count >= 1_000
        }
    }

    /// The runtime's words for the signals that it catches.
    private static func byDescription(_ description: String) -> Cause? {
        let known: [(String, Cause)] = [
            ("Illegal instruction", .trap), ("System trap", .trap), ("Fatal error", .trap), ("Swift runtime failure", .trap),
            ("Bad pointer dereference", .badMemory), ("Segmentation fault", .badMemory), ("Aborted", .abort), ("Bus error", .busError),
            ("Floating point exception", .arithmetic),
        ]
        return known.first { description.hasPrefix($0.0) }?.1
    }

    /// Signals that a process gets for what it did itself.
    private static func byItself(_ signal: Int) -> Cause? {
        switch signal {
        case 4, 5: .trap
        case 6: .abort
        case 7: .busError
        case 8: .arithmetic
        case 11: .badMemory
        case 24, 25: .resourceLimit
        case 31: .forbiddenCall
        default: nil
        }
    }

    private static func byHand(_ signal: Int, _ death: DeathFacts) -> Cause {
        switch signal {
        case 9: (death.resources.memoryKills ?? 0) > 0 ? .outOfMemory : .killed
        case 1, 2, 3, 15: .foreignStop
        default: .signalled
        }
    }

    private static func ended(_ code: Int, _ evidence: Evidence) -> Cause {
        if code == 0 { return .asked }
        if code == 87 { return .hangAtStart }
        let stage = evidence.death?.stage ?? evidence.box?.stage
        let isStarting = stage.map { !$0.isServing } ?? true
        return isStarting ? .refusedStart : .exited
    }

    private static func withoutDeath(_ evidence: Evidence) -> Cause {
        crash(evidence) ?? (evidence.threads.isEmpty ? .unknown : .hang)
    }
}
