import Glibc
import Host

/// Looks whether workers give signs of life: reads memory, asks nobody.
extension Supervisor {
    func watchHands(at now: Int64) {
        guard now - lastWatch >= 250 else { return }
        lastWatch = now
        for hand in hands.values where hand.end == nil {
            if Self.isAddressSpaceLimited { hand.addressSpace = ProcessFacts.addressSpace(of: hand.process) ?? hand.addressSpace }
            for finding in hand.watch.look(at: hand.signs, now: now) { found(finding, in: hand, at: now) }
        }
    }

    /// Workers inherit it. A process that is refused memory ends like any other crash: how much it had tells.
    private static let isAddressSpaceLimited = ResourceLimit.read(.addressSpace)?.soft != nil

    private func found(_ finding: VitalWatch.Finding, in hand: Hand, at now: Int64) {
        switch finding {
        case .late(let sign, let milliseconds):
            journal.write(
                .warning, "a worker is late with a sign of life",
                ["worker": "\(hand.process)", "of": sign.name, "silent": "\(milliseconds) ms"])
            goOnIfStopped(hand)
        case .hung(let sign, let milliseconds):
            carryOut(crew.hung(hand.process, sign, milliseconds: milliseconds, at: now))
        }
    }

    /// Somebody stopped it (SIGSTOP): once it is told to go on.
    private func goOnIfStopped(_ hand: Hand) {
        guard !hand.hasContinued, ProcessFacts.read(hand.process)?.state == "T" else { return }
        hand.hasContinued = true
        journal.write(.warning, "a worker was stopped by somebody and is told to go on", ["worker": "\(hand.process)"])
        kill(hand.process, SIGCONT)
    }
}
