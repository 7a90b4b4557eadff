/// Overloads (529) of each provider's nodes: when half of them are overloaded it is the provider, and taking nodes out would not help.
///
/// One node alone is never an incident: a provider with a single node would else never have it taken out.
struct ProviderIncidents: Sendable {
    private let window: Duration
    private var overloads: [String: [NodeID: Moment]] = [:]
    /// Those that were told.
    private(set) var running: Set<String> = []

    init(window: Duration) {
        self.window = window
    }

    /// - Parameter nodes: how many nodes of the provider are on.
    /// - Returns: whether its incident begins now.
    mutating func overloaded(_ node: NodeID, of provider: String, nodes: Int, at now: Moment) -> Bool {
        guard !provider.isEmpty else { return false }
        overloads[provider, default: [:]][node] = now
        guard isRunning(provider, nodes: nodes, at: now) else { return false }
        return running.insert(provider).inserted
    }

    func isRunning(_ provider: String, nodes: Int, at now: Moment) -> Bool {
        guard !overloads.isEmpty, let times = overloads[provider] else { return false }
        let recent = times.values.count { now < $0 + window }
        return recent >= max(2, (nodes + 1) / 2)
    }

    /// - Parameter count: how many nodes of a provider are on.
    /// - Returns: the incidents that are over.
    mutating func ended(at now: Moment, nodes count: (String) -> Int) -> [String] {
        guard !running.isEmpty else { return [] }
        let over = running.filter { !isRunning($0, nodes: count($0), at: now) }.sorted()
        running.subtract(over)
        for provider in over { overloads[provider] = nil }
        return over
    }

    /// Forgets nodes that are no longer there.
    mutating func keep(_ nodes: Set<NodeID>) {
        overloads = overloads.mapValues { $0.filter { nodes.contains($0.key) } }.filter { !$0.value.isEmpty }
    }
}
