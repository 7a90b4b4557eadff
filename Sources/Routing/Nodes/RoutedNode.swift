/// What routing knows of a node: neither its address nor its credential.
package struct RoutedNode: Hashable, Sendable {
    package let id: NodeID
    package let name: String
    package let family: RoutedFamily
    /// The lowest goes first.
    package let priority: Int
    /// The share inside one priority, 1–10,000.
    package let weight: Int
    /// Requests at once; nil: no limit.
    package let maxConcurrency: Int?
    package let isEnabled: Bool
    /// Finishes what it has, gets nothing new.
    package let isDraining: Bool
    /// Whose service it is: nodes of one provider fail together. Empty: unknown.
    package let provider: String
    /// Nodes with the same label share their provider's rate limit; nil: this one has its own.
    package let rateDomain: String?
    /// Nodes with the same label share their prompt cache; nil: this one has its own.
    package let cacheDomain: String?
    package let models: ModelMap
    /// Changes whenever the address or the credential does: what was learnt about the old one is forgotten.
    package let accessVersion: Int

    package init(
        id: NodeID, name: String, family: RoutedFamily, priority: Int = 1, weight: Int = 1, maxConcurrency: Int? = nil,
        isEnabled: Bool = true, isDraining: Bool = false, provider: String = "", rateDomain: String? = nil, cacheDomain: String? = nil,
        models: ModelMap = ModelMap(), accessVersion: Int = 0
    ) {
        self.id = id
        self.name = name
        self.family = family
        self.priority = priority
        self.weight = min(max(weight, 1), 10_000)
        self.maxConcurrency = maxConcurrency
        self.isEnabled = isEnabled
        self.isDraining = isDraining
        self.provider = provider
        self.rateDomain = rateDomain
        self.cacheDomain = cacheDomain
        self.models = models
        self.accessVersion = accessVersion
    }

    /// Whether it may get anything new.
    package var isOn: Bool { isEnabled && !isDraining }

    var domain: RateDomain { rateDomain.map(RateDomain.shared) ?? .node(id) }
}
