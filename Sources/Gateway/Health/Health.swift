import Bus
import Logging
import NIOCore
package import Routing
import Storage
import Synchronization
package import Vocabulary

/// The health of all nodes beyond the running requests: probes, history, and what outlives the process.
package final class Health: Sendable {
    struct State {
        var schedule: ProbeSchedule
        var workspaces: [NodeID: WorkspaceID] = [:]
        /// Nodes that a person has probed at this moment.
        var byHand: Set<NodeID> = []
        var lastSuccess: [NodeID: Timestamp] = [:]
        var lastProbe: [NodeID: Timestamp] = [:]
        var lastEntry: [NodeID: Timestamp] = [:]
        /// When its health last changed.
        var since: [NodeID: Timestamp] = [:]
        /// What of the database's records is known here: written by this instance, or read.
        var records: [NodeID: HealthRecord] = [:]
        /// What the database knows of rate limits.
        var storedLimits: [WorkspaceID: [RateDomain: Timestamp]] = [:]
        var random = SystemRandomNumberGenerator()
    }

    /// One record per node and so much time, where nothing changes.
    static let quiet = Duration.seconds(300)
    let database: any Database
    let clock: any WallClock
    let nodes: Nodes
    let settings: GatewaySettings
    let prices: Prices
    let control: TrafficControl
    let live: LiveBoard
    let logger: Logger
    let probe: Probe
    let command: CommandProbe
    let state: Mutex<State>
    let notices: AsyncStream<TrafficControl.Notice>
    /// Rings when nodes have changed.
    let changes: AsyncStream<Void>
    /// Told of each scheduled check; nil: there are none.
    let checking: (@Sendable () -> @Sendable () -> Void)?
    let duty: SharedDuty
    let announce: @Sendable (Bell) -> Void

    init(
        database: any Database, clock: any WallClock, nodes: Nodes, settings: GatewaySettings, prices: Prices, control: TrafficControl,
        live: LiveBoard, probe: Probe, command: CommandProbe, notices: AsyncStream<TrafficControl.Notice>,
        changes: AsyncStream<Void>, checking: (@Sendable () -> @Sendable () -> Void)? = { {} }, duty: SharedDuty = SharedDuty(nil),
        announce: @escaping @Sendable (Bell) -> Void = { _ in }, logger: Logger
    ) {
        self.database = database
        self.clock = clock
        self.nodes = nodes
        self.settings = settings
        self.prices = prices
        self.control = control
        self.live = live
        self.probe = probe
        self.command = command
        self.notices = notices
        self.changes = changes
        self.duty = duty
        self.announce = announce
        self.checking = checking
        self.logger = logger
        state = Mutex(State(schedule: ProbeSchedule(rules: settings.current.probeRules, readyAt: Self.reading(clock))))
    }

    static func reading(_ clock: any WallClock) -> ClockReading {
        ClockReading(moment: NIODeadline.now().moment, wall: clock.now())
    }

    var now: ClockReading { Self.reading(clock) }

    /// Gives every node back what an earlier process knew of it.
    func restore() async throws {
        let (records, turns) = try await database.read { (try HealthStore.records(on: $0), try HealthStore.lastTurns(on: $0)) }
        let limits = try await database.read { try RateLimitStore.limits(on: $0) }
        state.withLock { ($0.since, $0.records) = (turns, records) }
        for (workspace, nodes) in nodes.all {
            control.replaceNodes(of: workspace, with: nodes, at: now)
            control.restore(records.filter { id, _ in nodes.contains { $0.id == id } }, of: workspace, at: now)
            control.restore(rateLimits: limits[workspace] ?? [:], of: workspace, at: now)
        }
        state.withLock { $0.storedLimits = limits }
        try await restoreSpent()
        replan()
        markTroubled()
    }

    /// Says what each node in trouble has to prove: a cheaper check that goes well would leave it out for ever.
    private func markTroubled() {
        let now = now
        let known = nodes.all.keys.flatMap { control.snapshot(of: $0, at: now.moment)?.nodes ?? [] }
        state.withLock { state in
            for node in known { state.schedule.mark(node.id, cure: node.cure, at: now.moment, using: &state.random) }
        }
    }

    /// After any change of nodes or settings: who is probed, and how often.
    package func replan() {
        let all = nodes.all
        let now = now
        let rules = settings.current.probeRules
        state.withLock { state in
            state.workspaces = all.reduce(into: [:]) { places, entry in
                for node in entry.value { places[node.id] = entry.key }
            }
            let probed = all.flatMap { workspace, nodes in nodes.filter(\.isUsable).map { probedNode($0, in: workspace, at: now.wall) } }
            state.schedule.change(rules: rules)
            state.schedule.replace(nodes: probed, at: now.moment, using: &state.random)
        }
    }

    func probedNode(_ node: Node, in workspace: WorkspaceID, at time: Timestamp) -> ProbedNode {
        let price = prices.book(of: workspace).estimate(model: node.healthModel, inputTokens: 16, maxOutput: 1, at: time)
        // A model without a price may cost anything: as much as a thousand tokens of the dearest.
        return ProbedNode(id: node.id, method: ProbeMethod(node.healthMethod), price: price ?? 50_000_000)
    }

    /// A person says that the node works: what was held against it is forgotten.
    package func revive(_ node: NodeID, in workspace: WorkspaceID) {
        control.revive(node, of: workspace, at: now)
    }

    /// The same by somebody, with its line in the audit log where there was something to forget.
    /// - Throws: `GatewayError.forbidden`, `.nodeNotFound`, `StorageError`.
    package func revive(_ id: NodeID, by author: Author) async throws {
        try author.require(.admin)
        let node = try nodes.node(id, in: author.workspace)
        guard let state = control.snapshot(of: author.workspace, at: moment)?.nodes.first(where: { $0.id == id })?.state.name,
            state != "healthy"
        else { return }
        let change = AuditChange(field: "health", from: state, to: "healthy")
        try await database.write { [time = clock.now()] connection in
            try AuditLog.write(
                "node.revived", on: id.description, named: node.name, changes: [change], by: author, at: time, on: connection)
        }
        revive(id, in: author.workspace)
    }

    /// The pool's clock.
    package var moment: Moment { now.moment }

    /// When a node last served or passed a probe, and was last probed; nil: not in this process.
    package func times(of node: NodeID) -> (success: Timestamp?, probe: Timestamp?) {
        state.withLock { ($0.lastSuccess[node], $0.lastProbe[node]) }
    }

    /// A node's history, newest first.
    /// - Throws: `GatewayError.nodeNotFound`, `.cursorInvalid`.
    package func history(
        of node: NodeID, in workspace: WorkspaceID, from: Timestamp, to: Timestamp, after cursor: Cursor?, limit: Int
    ) async throws -> Page<HistoryEntry> {
        _ = try nodes.node(node, in: workspace)
        var before: Int64?
        if let cursor {
            guard let number = cursor.keys.first.flatMap({ Int64($0) }) else { throw GatewayError.cursorInvalid }
            before = number
        }
        let limit = min(max(limit, 1), 2_000)
        let rows = try await database.read { [before] connection in
            try HealthStore.history(of: node, from: from, to: to, before: before, limit: limit + 1, on: connection)
        }
        let page = rows.prefix(limit)
        let next = rows.count > limit ? page.last.map { Cursor(["\($0.number)"]) } : nil
        return Page(items: page.map(\.entry), next: next)
    }
}

extension GatewayTuning {
    var healthRules: HealthRules {
        var rules = HealthRules()
        rules.failureThreshold = failThreshold
        return rules
    }

    var probeRules: ProbeRules {
        var rules = ProbeRules()
        rules.interval = healthAllInterval
        rules.troubledInterval = healthInterval
        rules.limit = healthConcurrency
        rules.moneyPerDay = healthBudget
        return rules
    }
}

extension ProbeMethod {
    init(_ method: HealthMethod) {
        switch method {
        case .api: self = .api
        case .head: self = .head
        case .count: self = .count
        case .cli: self = .cli
        }
    }
}
