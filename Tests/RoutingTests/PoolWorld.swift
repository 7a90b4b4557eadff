import Routing
import TestSupport
import Vocabulary

/// A pool of named nodes, with a clock that tests move and randomness that repeats.
struct PoolWorld {
    var pool: NodePool
    var random: SeededRandom
    var now = Moment(nanoseconds: 1_000_000_000_000)
    private(set) var nodes: [RoutedNode] = []
    /// Everything that the pool told, in order.
    private(set) var changes: [PoolChange] = []

    init(_ nodes: [RoutedNode] = [.named("north"), .named("south")], rules: HealthRules = HealthRules(), seed: UInt64 = 7) {
        pool = NodePool(rules: rules)
        random = SeededRandom(seed: seed)
        configure(nodes)
    }

    mutating func configure(_ nodes: [RoutedNode]) {
        self.nodes = nodes
        note(pool.replace(nodes: nodes, at: now))
    }

    mutating func advance(_ duration: Duration) {
        now = now + duration
    }

    mutating func note(_ changes: [PoolChange]) {
        self.changes += changes
    }

    mutating func pick(_ request: RouteRequest = RouteRequest(family: .anthropic, model: "claude-opus-5")) -> Pick {
        pool.pick(for: request, at: now, using: &random)
    }

    /// The node that a request gets, still under way.
    mutating func begin(_ request: RouteRequest = RouteRequest(family: .anthropic, model: "claude-opus-5")) -> Assignment? {
        guard case .node(let assignment) = pick(request) else { return nil }
        return assignment
    }

    @discardableResult
    mutating func end(_ assignment: Assignment?, _ outcome: Outcome) -> [PoolChange] {
        guard let assignment else { return [] }
        let told = pool.ended(assignment.attempt, outcome, at: now, using: &random)
        note(told)
        return told
    }

    /// One request at this node, whoever else is there; nil when it gets none.
    mutating func begin(at name: String, model: String = "claude-opus-5") -> Assignment? {
        let others = nodes.filter { $0.name != name }.map(\.id)
        return begin(RouteRequest(family: node(name).family, model: model, excluded: others))
    }

    /// `count` requests, one after another, that end like this.
    @discardableResult
    mutating func send(_ count: Int = 1, to name: String, _ outcome: Outcome) -> [PoolChange] {
        (0..<count).flatMap { _ in
            let assignment = begin(at: name)
            return end(assignment, outcome)
        }
    }

    /// Who serves one request that goes well.
    mutating func serve(_ request: RouteRequest = RouteRequest(family: .anthropic, model: "claude-opus-5")) -> String? {
        let assignment = begin(request)
        end(assignment, .completed)
        return assignment?.node.name
    }

    mutating func probe(_ name: String, _ outcome: Outcome, proves evidence: ProbeEvidence = .served) {
        note(pool.probed(node(name).id, outcome, evidence: evidence, at: now, using: &random))
    }

    func node(_ name: String) -> RoutedNode {
        nodes.first { $0.name == name } ?? .named("nobody")
    }

    func snapshot(_ name: String) -> NodeSnapshot? {
        pool.snapshot(of: node(name).id, at: now)
    }

    func state(_ name: String) -> HealthState? {
        snapshot(name)?.state
    }

    /// Seconds until a cooling node may be tried; nil when it is not cooling.
    func cooldown(_ name: String) -> Double? {
        guard case .cooling(let until) = state(name) else { return nil }
        return Double(until.nanoseconds - now.nanoseconds) / 1e9
    }

    /// The changes of one node's health.
    func healthChanges(_ name: String) -> [HealthChange] {
        changes.compactMap { change in
            guard case .health(node(name).id, let health) = change else { return nil }
            return health
        }
    }
}

extension RoutedNode {
    /// The same id for the same name.
    static func named(
        _ name: String, family: RoutedFamily = .anthropic, priority: Int = 1, weight: Int = 1, maxConcurrency: Int? = nil,
        isEnabled: Bool = true, isDraining: Bool = false, provider: String = "", rateDomain: String? = nil, cacheDomain: String? = nil,
        models: ModelMap = ModelMap(), accessVersion: Int = 0
    ) -> RoutedNode {
        RoutedNode(
            id: .named(name), name: name, family: family, priority: priority, weight: weight, maxConcurrency: maxConcurrency,
            isEnabled: isEnabled, isDraining: isDraining, provider: provider, rateDomain: rateDomain, cacheDomain: cacheDomain,
            models: models, accessVersion: accessVersion)
    }
}

extension NodeID {
    static func named(_ name: String) -> NodeID {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        return NodeID(ULID(time: Timestamp(milliseconds: 1_795_248_000_000), randomness: (0, hash)))
    }
}

extension ModelMap {
    static func only(_ patterns: String...) -> ModelMap {
        ModelMap(patterns: patterns.compactMap { ModelPattern($0) })
    }
}

extension Outcome {
    static let overloaded = Outcome.status(529, errorType: "overloaded_error")
    static let broken = Outcome.status(500, errorType: "api_error")
    static let refusedKey = Outcome.status(401, errorType: "authentication_error")

    static func limited(_ seconds: Int?) -> Outcome {
        .status(429, errorType: "rate_limit_error", retryAfterSeconds: seconds)
    }
}
