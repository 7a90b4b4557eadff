package import Relay
package import Routing
package import Vocabulary

/// An address that serves models, with the credential for it.
package struct Node: Hashable, Sendable {
    package let id: NodeID
    package let workspace: WorkspaceID
    package var name: String
    package var url: NodeURL
    package var family: RoutedFamily
    /// Whose service it is: `anthropic`, `openai` or a label of the operator's.
    package var provider: String
    package var auth: NodeAuth
    /// Nil: the node wants none, or `needsCredential`.
    package var credential: NodeCredential?
    /// 1–1,000; the lowest goes first.
    package var priority: Int
    /// Its place in lists among those of its priority.
    package var position: Int
    /// 1–10,000.
    package var weight: Int
    package var isEnabled: Bool
    /// Finishes what it has, gets nothing new.
    package var isDraining: Bool
    /// Requests at once; nil: no limit.
    package var maxConcurrency: Int?
    /// In the order in which they were entered; empty: every model under its own name.
    package var models: [NodeModel]
    package var healthMethod: HealthMethod
    package var healthModel: String
    package var rateDomain: String?
    package var cacheDomain: String?
    /// Addresses beyond the public ones that it may have.
    package var reach: AddressReach
    package let createdAt: Timestamp
    /// From 1, one more with each change.
    package var version: Int
    /// From 1, one more whenever address or credential change.
    package var accessVersion: Int
    /// One is stored that the house's key does not open: it is asked for nothing until somebody enters it again.
    package var needsCredential = false

    /// Whether anything may be asked of it.
    package var isUsable: Bool { isEnabled && !needsCredential }
    package var allowsPrivate: Bool { reach.contains(.privateNetworks) }
    package var allowsLoopback: Bool { reach.contains(.loopback) }

    /// What the relay dials.
    package var target: NodeTarget {
        NodeTarget(host: url.host, port: url.port, isSecure: url.isSecure, reach: reach)
    }

    package var modelMap: ModelMap {
        ModelMap(
            patterns: models.filter { $0.to == nil }.map(\.match),
            aliases: models.compactMap { model in model.to.map { ModelMap.Alias(from: model.match, to: $0) } })
    }

    /// What routing knows of it.
    package var routed: RoutedNode {
        RoutedNode(
            id: id, name: name, family: family, priority: priority, weight: weight, maxConcurrency: maxConcurrency, isEnabled: isUsable,
            isDraining: isDraining, provider: provider, rateDomain: rateDomain, cacheDomain: cacheDomain, models: modelMap,
            accessVersion: accessVersion)
    }
}

/// One line of a node's model map.
package struct NodeModel: Hashable, Sendable {
    /// What clients ask for; may have `*`.
    package let match: ModelPattern
    /// What the node is told; nil: the same.
    package let to: String?

    package init(match: ModelPattern, to: String? = nil) {
        self.match = match
        self.to = to
    }
}

/// How a node is shown the credential.
package enum NodeAuth: String, Sendable, CaseIterable {
    /// `x-api-key: …`
    case apiKey = "x-api-key"
    /// `authorization: Bearer …`
    case bearer
}

/// What a node is signed in to with: prints as `•••`, compares without ending at the first difference.
package struct NodeCredential: Hashable, Sendable, CustomStringConvertible {
    private let text: Secret<String>

    package init(_ text: Secret<String>) {
        self.text = text
    }

    /// The one way in; search for it to see where credentials are used.
    package func reveal() -> String { text.reveal() }

    package var description: String { text.description }

    package static func == (left: NodeCredential, right: NodeCredential) -> Bool {
        let (left, right) = (Array(left.reveal().utf8), Array(right.reveal().utf8))
        return left.count == right.count && zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Nothing of the text, which a dictionary's layout could give away.
    package func hash(into hasher: inout Hasher) {}
}
