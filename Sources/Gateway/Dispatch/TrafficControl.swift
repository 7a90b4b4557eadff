import Logging
import Relay
package import Routing
import Synchronization
package import Vocabulary

/// What all running requests share and decide by: pools, limits of keys, retry budgets, who waits. In memory, behind one lock.
///
/// It knows no store: `Nodes` and `GatewayKeys` tell it of changes, on the database's writer, in the order of the commits.
package final class TrafficControl: Sendable {
    /// A change of a pool that others should hear of, with the pool's view of the node after it.
    package struct Notice: Sendable {
        package let workspace: WorkspaceID
        package let changes: [PoolChange]
        package let at: ClockReading
        package let source: HistoryEntry.Source
    }

    struct Floor {
        var pool: NodePool
        var nodes: [NodeID: Node] = [:]
        /// Bounded by the settings at each joining.
        var line = WaitingLine<RelayWaker>(capacity: .max)
    }

    struct State {
        var floors: [WorkspaceID: Floor] = [:]
        var retries = RetryBudgets()
        var keys: [KeyID: KeyLimits] = [:]
        /// Requests under way by key, to be woken when it ends.
        var running: [KeyID: [ULID: RelayWaker]] = [:]
        var random = SystemRandomNumberGenerator()
        var rules: HealthRules
        /// Nil in a house of one instance.
        var sharing: ShareBook?
    }

    let state: Mutex<State>
    private let notices: @Sendable (Notice) -> Void

    /// - Parameters:
    ///   - mayUseIdle: where other instances take from the same limits: whether this one may use what it holds without asking. Nil: there is
    ///     no other.
    ///   - notices: told of changes outside the lock, from any thread; it must return at once.
    package init(
        rules: HealthRules = HealthRules(), mayUseIdle: (@Sendable () -> Bool)? = nil, notices: @escaping @Sendable (Notice) -> Void
    ) {
        state = Mutex(State(rules: rules, sharing: mayUseIdle.map { ShareBook(mayUseIdle: $0) }))
        self.notices = notices
    }

    func tell(_ changes: [PoolChange], of workspace: WorkspaceID, at: ClockReading, source: HistoryEntry.Source = .traffic) {
        if !changes.isEmpty { notices(Notice(workspace: workspace, changes: changes, at: at, source: source)) }
    }
}

// What the rooms' nouns tell it.
extension TrafficControl {
    /// A workspace's nodes are these now. Who waits tries again.
    package func replaceNodes(of workspace: WorkspaceID, with nodes: [Node], at now: ClockReading) {
        let (changes, called) = state.withLock { state in
            var floor = state.floors.removeValue(forKey: workspace) ?? Floor(pool: NodePool(rules: state.rules))
            let changes = floor.pool.replace(nodes: nodes.map(\.routed), at: now.moment)
            floor.nodes = Dictionary(nodes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            var called: [RelayWaker] = []
            while let entry = floor.line.call() { called.append(entry.waiter) }
            state.floors[workspace] = floor
            return (changes, called)
        }
        tell(changes, of: workspace, at: now)
        for waker in called { waker.wake() }
    }

    /// Nodes are judged by these numbers from now on.
    package func change(rules: HealthRules) {
        state.withLock { state in
            guard rules != state.rules else { return }
            state.rules = rules
            for workspace in Array(state.floors.keys) { state.floors[workspace]?.pool.change(rules: rules) }
        }
    }

    /// A key has these limits now; ended: what runs by it is woken and sees that it has ended.
    package func keyChanged(_ key: GatewayKey, at now: ClockReading) {
        let wakers = state.withLock { state -> [RelayWaker] in
            guard key.isActive(at: now.wall) else {
                state.keys[key.id] = nil
                state.sharing?.keys[key.id] = nil
                return Array((state.running[key.id] ?? [:]).values)
            }
            state.keys[key.id]?.change(to: key.limits, at: now)
            return []
        }
        for waker in wakers { waker.wake() }
    }

    /// What the keys had spent when this process began, before the first request.
    package func startKeys(_ keys: [GatewayKey], spent: [KeyID: (day: Int64, month: Int64)], at now: ClockReading) {
        state.withLock { state in
            for key in keys {
                let spent = spent[key.id] ?? (0, 0)
                state.keys[key.id] = KeyLimits(key.limits, spentToday: spent.day, spentThisMonth: spent.month, at: now)
            }
        }
    }

    /// What an earlier process knew of the nodes' health.
    package func restore(_ records: [NodeID: HealthRecord], of workspace: WorkspaceID, at now: ClockReading) {
        state.withLock { $0.floors[workspace]?.pool.restore(records, at: now) }
    }

    /// The rate limits that an earlier process was told of.
    package func restore(rateLimits: [RateDomain: Timestamp], of workspace: WorkspaceID, at now: ClockReading) {
        state.withLock { $0.floors[workspace]?.pool.restore(rateLimits: rateLimits, at: now) }
    }

    /// The rate limits that hold now, of all workspaces that have any.
    package func rateLimits(at now: ClockReading) -> [WorkspaceID: [RateDomain: Timestamp]] {
        state.withLock { $0.floors.mapValues { $0.pool.rateLimits(at: now) } }.filter { !$0.value.isEmpty }
    }

    /// Money that a key's requests cost without a reservation. Where others spend of the same budgets they hear of it from the database
    /// (`ShareStore.noteSpent`).
    package func spend(_ nanoDollars: Int64, by key: KeyID, at now: ClockReading) {
        state.withLock { $0.keys[key]?.spend(nanoDollars, at: now) }
    }

    /// A person says that the node works.
    package func revive(_ node: NodeID, of workspace: WorkspaceID, at now: ClockReading) {
        let changes = state.withLock { $0.floors[workspace]?.pool.revive(node, at: now.moment) ?? [] }
        tell(changes, of: workspace, at: now, source: .person)
        callNext(in: workspace)
    }

    /// How the pool sees its nodes.
    package func snapshot(of workspace: WorkspaceID, at now: Moment) -> PoolSnapshot? {
        state.withLock { $0.floors[workspace]?.pool.snapshot(at: now) }
    }

    /// What of a node's health is to be stored.
    package func record(of node: NodeID, in workspace: WorkspaceID, at now: ClockReading) -> HealthRecord? {
        state.withLock { $0.floors[workspace]?.pool.record(of: node, at: now) }
    }
}

extension GatewayKey {
    var hasMoneyLimit: Bool { limits.moneyPerDay != nil || limits.moneyPerMonth != nil }
}
