import Synchronization

/// How many connections are open, whether one more may come, and when the last has gone.
final class ConnectionCount: Sendable {
    private struct State {
        var open = 0
        var refused = 0
        var isClosed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    var open: Int { state.withLock { $0.open } }

    /// No more may come: what was accepted in the last moment is turned away too.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    /// False when the house is full or closed.
    func enter() -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            guard state.open < limit else {
                state.refused += 1
                return false
            }
            state.open += 1
            return true
        }
    }

    func leave() {
        let waiting = state.withLock { state in
            state.open -= 1
            guard state.open == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    /// How many were refused since the last call.
    func takeRefused() -> Int {
        state.withLock { state in
            defer { state.refused = 0 }
            return state.refused
        }
    }

    /// Returns when no connection is open.
    func waitUntilEmpty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.open > 0 { state.waiting.append(continuation) }
                return state.open == 0
            }
            if isEmpty { continuation.resume() }
        }
    }
}
