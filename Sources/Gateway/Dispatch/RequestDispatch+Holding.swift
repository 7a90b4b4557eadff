import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
import Routing

// A start that is held back until it says something (docs/gateway.md section 5), and signs of life meanwhile.
extension RequestDispatch {
    /// A start is held back for so long without a sign of life.
    static let heldPingTime = TimeAmount.seconds(5)
    /// A committed stream that is silent for so long gets a sign of life of ours (clients and proxies count bytes).
    static let pingTime = TimeAmount.seconds(25)
    private static let sign = ByteBuffer(string: ": ping\n\n")

    func holdBack(_ attempt: Attempt) -> [DispatchAction] {
        let hold = DispatchAction.setTimer(.hold, after: TimeAmount(tuning.holdTime))
        // Where pings have begun they go on, whoever answers.
        guard attempt.isEventStream, !hasResponded else { return [hold] }
        return [hold, .setTimer(.ping, after: Self.heldPingTime)]
    }

    /// Held back for long enough. JSON says nothing before its end: holding it back costs nobody anything.
    func holdOver() -> [DispatchAction] {
        guard let attempt, attempt.isSuccess, scanned?.scan.isStream == true || attempt.isEventStream else { return [] }
        return commit(attempt)
    }

    func ping(at now: NIODeadline) -> [DispatchAction] {
        guard let attempt, attempt.isCommitted else { return pingBeforeContent() }
        guard let meter = attempt.meter, meter.isEventStream else { return [] }
        let quiet = now - attempt.heardAt
        guard quiet >= Self.pingTime else { return [.setTimer(.ping, after: Self.pingTime - quiet)] }
        let again = DispatchAction.setTimer(.ping, after: Self.pingTime)
        guard meter.isAtBorder else { return [again] }
        if !attempt.hadContent { flags.insert(.pinged) }
        return [.write(Self.sign), again]
    }

    /// The head goes out, the held start does not: a failure before content still goes on to another node, whose start is spliced in.
    private func pingBeforeContent() -> [DispatchAction] {
        var actions: [DispatchAction] = []
        if !hasResponded {
            guard let attempt, let head = attempt.head, attempt.isEventStream else { return [] }
            actions.append(.respond(RequestHeads.toClient(head, attempts: attempts, isEventStream: true)))
            hasResponded = true
        }
        flags.insert(.pinged)
        return actions + [.write(Self.sign), .setTimer(.ping, after: Self.heldPingTime)]
    }
}
