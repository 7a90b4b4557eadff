/// What a command of the command line asks of the house, in this process or of the server that runs on the same data directory.
package enum HouseOrder: Codable, Sendable {
    case addNode(NodeOrder)
    case listNodes(workspace: String?)
    case stepNode(name: String, step: NodeStep, workspace: String?)
    case changeNode(name: String, change: NodeOrder)
    case createKey(KeyOrder)
    case listKeys(workspace: String?)
    case revokeKey(name: String, workspace: String?)
    /// The page of `GET /metrics`.
    case figures
    /// Who works on the same database.
    case sharing
}

/// What is done to one node, by name.
package enum NodeStep: String, Codable, Sendable, CaseIterable {
    case enable, disable, drain, undrain, remove, test
}

/// A node as the command line describes it, whole or in part: what is nil or empty stays, or takes its default in a new node.
package struct NodeOrder: Codable, Sendable, Equatable {
    package var workspace: String?
    package var name: String?
    package var url: String?
    package var family: String?
    package var auth: String?
    package var credential: String?
    package var priority: Int?
    package var weight: Int?
    package var maxConcurrency: Int?
    /// `pattern` or `pattern=name at the node`.
    package var models: [String] = []
    package var healthMethod: String?
    package var healthModel: String?
    package var rateDomain: String?
    package var cacheDomain: String?
    package var allowPrivate: Bool?
    package var allowLoopback: Bool?

    package init(name: String? = nil, url: String? = nil) {
        self.name = name
        self.url = url
    }
}

/// A new key as the command line describes it; money in US dollars as text.
package struct KeyOrder: Codable, Sendable {
    package var workspace: String?
    package var name: String
    package var scopes: [String] = []
    package var models: [String] = []
    package var expiresInDays: Int?
    package var requestsPerMinute: Int?
    package var tokensPerMinute: Int?
    package var concurrency: Int?
    package var budgetDay: String?
    package var budgetMonth: String?

    package init(name: String) {
        self.name = name
    }
}

/// What came of an order.
package struct HouseAnswer: Codable, Sendable {
    /// For standard output: what scripts read.
    package var output: [String] = []
    /// For standard error: what people read.
    package var notes: [String] = []
    /// Why nothing was done; nil when it was.
    package var refusal: String?

    package init(output: [String] = [], notes: [String] = [], refusal: String? = nil) {
        self.output = output
        self.notes = notes
        self.refusal = refusal
    }
}
