import Synchronization

/// A value that grows, and those who wait until it satisfies them.
package final class Ear<Value: Sendable>: Sendable {
    package struct TimedOut: Error {
        package let value: Value
    }

    private struct Waiter {
        let condition: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var value: Value
        var next = 0
        var waiters: [Int: Waiter] = [:]
    }

    private let state: Mutex<State>

    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    package var value: Value { state.withLock { $0.value } }

    package func change(_ change: (inout Value) -> Void) {
        let satisfied = state.withLock { state in
            change(&state.value)
            let keys = state.waiters.filter { $0.value.condition(state.value) }.map(\.key)
            return keys.compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in satisfied { waiter.continuation.resume(returning: true) }
    }

    /// - Throws: `TimedOut` after `limit`.
    @discardableResult
    package func wait(_ limit: Duration = .seconds(10), until condition: @escaping @Sendable (Value) -> Bool) async throws -> Value {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        let alarm = Task {
            try await Task.sleep(for: limit)
            state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume(returning: false)
        }
        defer { alarm.cancel() }
        let isSatisfied = await withCheckedContinuation { continuation in
            let isAlready = state.withLock { state in
                if condition(state.value) { return true }
                state.waiters[number] = Waiter(condition: condition, continuation: continuation)
                return false
            }
            if isAlready { continuation.resume(returning: true) }
        }
        let value = value
        if !isSatisfied { throw TimedOut(value: value) }
        return value
    }
}

extension Ear where Value: Equatable {
    /// Until it is exactly that; the test's own time limit ends it.
    package func wait(for wanted: Value) async {
        _ = try? await wait(.seconds(600)) { $0 == wanted }
    }
}
