import Synchronization

/// A number that only grows. Adding costs one atomic instruction, and is right from every thread.
package final class Counter: Sendable {
    private let total = Atomic<UInt64>(0)

    package init() {}

    /// - Parameter amount: a negative one is left out, since a counter that falls means a restart to whoever reads it.
    package func add(_ amount: Int = 1) {
        guard amount > 0 else { return }
        total.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    package var value: UInt64 { total.load(ordering: .relaxed) }
}
