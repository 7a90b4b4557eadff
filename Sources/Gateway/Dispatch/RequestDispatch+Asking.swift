import Logging
import NIOCore
import Relay
import Synchronization

// Questions that need the database, or a node, before the request can go on.
extension RequestDispatch {
    /// Asks in a task of its own, and goes on when the relay has been woken.
    func ask<Value: Sendable>(
        _ question: @escaping @Sendable () async throws -> Value, then goOn: @escaping (Value, NIODeadline) -> [DispatchAction]
    ) -> [DispatchAction] {
        let answer = Handover<Result<Value, any Error>?>(nil)
        stage = .asking
        resume = { [unowned self] now in
            guard let result = answer.value else { return [] }
            resume = nil
            switch result {
            case .success(let value): return goOn(value, now)
            case .failure(let error):
                traffic.logger.error(
                    "a question of the gateway failed", metadata: ["request": "\(request.requestID)", "error": "\(error)"])
                return refuse(.unavailable(family), at: now)
            }
        }
        let waker = request.waker
        Task {
            do {
                answer.value = .success(try await question())
            } catch {
                answer.value = .failure(error)
            }
            waker.wake()
        }
        return []
    }
}

/// A value between a task and an event loop.
final class Handover<Value: Sendable>: Sendable {
    private let box: Mutex<Value>

    init(_ value: Value) { box = Mutex(value) }

    var value: Value {
        get { box.withLock { $0 } }
        set { box.withLock { $0 = newValue } }
    }
}
