import Dispatch
import Synchronization

/// Something that happens once, and that tasks and threads can wait for.
package final class Signal: Sendable {
    private enum State {
        case waiting([CheckedContinuation<Void, Never>])
        case given
    }

    private let state = Mutex(State.waiting([]))
    private let semaphore = DispatchSemaphore(value: 0)

    package init() {}

    package func give() {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard case .waiting(let waiting) = state else { return [] }
            state = .given
            return waiting
        }
        for continuation in waiting { continuation.resume() }
        semaphore.signal()
    }

    package func wait() async {
        await withCheckedContinuation { continuation in
            let isGiven = state.withLock { state in
                guard case .waiting(let waiting) = state else { return true }
                state = .waiting(waiting + [continuation])
                return false
            }
            if isGiven { continuation.resume() }
        }
    }

    /// Blocks the thread: for what runs on one of its own, such as the body of a write.
    package func waitBlocking() {
        semaphore.wait()
        semaphore.signal()
    }
}
