/// How a node is checked (docs/gateway.md §7).
package enum ProbeMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// A message of one token.
    case api
    /// `HEAD` of the base address.
    case head
    /// Counting tokens, or the list of models: free.
    case count
    /// A command.
    case cli

    /// What it proves when it goes well.
    package var evidence: ProbeEvidence {
        switch self {
        case .head: .reachable
        case .count: .authorised
        case .api, .cli: .served
        }
    }

    /// Whether the provider bills it.
    package var isPaid: Bool { evidence == .served }

    /// The cheapest method that proves `cure`, this one if it does.
    package func proving(_ cure: ProbeEvidence) -> ProbeMethod {
        guard evidence < cure else { return self }
        return cure == .served ? .api : .count
    }
}

/// A node that is to be checked.
package struct ProbedNode: Hashable, Sendable {
    package let id: NodeID
    package let method: ProbeMethod
    /// What one paid check costs, in nano-dollars, at most.
    package let price: Int64

    package init(id: NodeID, method: ProbeMethod, price: Int64) {
        self.id = id
        self.method = method
        self.price = max(price, 0)
    }
}

/// A check to be made now. It is open until `ProbeSchedule.finished`.
package struct ProbeOrder: Hashable, Sendable {
    package let node: NodeID
    /// May differ from the node's own: to prove what is needed, or because the day's money is spent.
    package let method: ProbeMethod
    /// Nano-dollars set aside for it.
    package let price: Int64
    /// The UTC day from whose money it is.
    package let day: Int64
}
