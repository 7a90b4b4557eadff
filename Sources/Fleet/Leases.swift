package import Storage
import Synchronization
import Vocabulary

/// Work that one instance does for all: whether it is this one.
///
/// A lease is 15 s, renewed every 5 s (`FleetRoom.beat`). Its holder counts from before the renewal was written, everybody else from after
/// they have read it: the holder's ends first. Where a late writer would do harm, ask `isHeld` in the same transaction as well.
package final class Leases: Sendable {
    private struct State {
        var wanted: Set<LeaseName> = []
        /// By this machine's own clock.
        var heldUntil: [LeaseName: Duration] = [:]
    }

    private let id: InstanceID
    private let isSingle: Bool
    private let elapsed: @Sendable () -> Duration
    private let state = Mutex(State())

    init(of id: InstanceID, isSingle: Bool, elapsed: @escaping @Sendable () -> Duration) {
        self.id = id
        self.isSingle = isSingle
        self.elapsed = elapsed
    }

    /// This instance does that work when it is its turn: with the next sign of life it may hold the lease.
    package func want(_ name: LeaseName) {
        state.withLock { _ = $0.wanted.insert(name) }
    }

    /// Whether the work is this instance's now. Memory only. The only instance of a house always has all of it.
    package func holds(_ name: LeaseName) -> Bool {
        isSingle || state.withLock { $0.heldUntil[name] ?? .zero } > elapsed()
    }

    /// The same as the database knows it, for the transaction that does the work: true until another one has taken it over.
    package func isHeld(_ name: LeaseName, on connection: any SQLConnection) throws -> Bool {
        if isSingle { return true }
        return try LeaseStore.holder(of: name, on: connection) == id
    }

    var wanted: Set<LeaseName> { state.withLock { $0.wanted } }

    func hold(_ names: Set<LeaseName>, until end: Duration) {
        state.withLock { $0.heldUntil = Dictionary(names.map { ($0, end) }) { first, _ in first } }
    }
}
