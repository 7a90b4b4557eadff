import Routing
import Synchronization

/// What somebody has been given.
enum ShareGrant: Sendable {
    case place(KeyLimits.Reservation)
    case hold(ResourceOwners.Hold)

    var reservation: KeyLimits.Reservation? {
        if case .place(let reservation) = self { reservation } else { nil }
    }

    var money: ResourceOwners.Hold? {
        if case .hold(let hold) = self { hold } else { nil }
    }
}

/// Somebody in line for a part of a key's limits. Answered once.
final class ShareWaiter: Sendable {
    enum Answer: Sendable {
        case given(ShareGrant)
        case refused(LimitRefusal, hope: ShareHope)
    }

    private enum State {
        case waiting(CheckedContinuation<Answer?, Never>?)
        case answered(Answer?)
    }

    let key: GatewayKey
    let need: ShareNeed
    private let state = Mutex(State.waiting(nil))

    init(key: GatewayKey, need: ShareNeed) {
        self.key = key
        self.need = need
    }

    var isAnswered: Bool {
        state.withLock { if case .answered = $0 { true } else { false } }
    }

    /// Nil: it waits no longer.
    func answer() async -> Answer? {
        await withCheckedContinuation { continuation in
            let given = state.withLock { state -> Answer?? in
                if case .answered(let answer) = state { return .some(answer) }
                state = .waiting(continuation)
                return nil
            }
            if let given { continuation.resume(returning: given) }
        }
    }

    /// - Returns: false when it had been answered, or had left.
    @discardableResult
    func give(_ answer: Answer?) -> Bool {
        let (isFirst, continuation) = state.withLock { state -> (Bool, CheckedContinuation<Answer?, Never>?) in
            guard case .waiting(let continuation) = state else { return (false, nil) }
            state = .answered(answer)
            return (true, continuation)
        }
        continuation?.resume(returning: answer)
        return isFirst
    }
}
