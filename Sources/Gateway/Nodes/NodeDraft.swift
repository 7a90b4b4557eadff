/// Whether a field of a change is there: an absent one stays as it is, an empty one is emptied.
package enum Edit<Value: Sendable & Hashable>: Sendable, Hashable {
    case keep
    case set(Value)

    func applied(to value: Value) -> Value {
        if case .set(let new) = self { new } else { value }
    }
}

/// A node as somebody asks for it, whole or in part; what is nil or `keep` stays, or takes its default in a new node.
package struct NodeChange: Sendable, Hashable {
    package var name: String?
    /// `https://host[:port][/prefix]`; needed for a new node.
    package var url: String?
    /// `anthropic` (default) or `openai`.
    package var family: String?
    /// A label; default: the family.
    package var provider: String?
    /// `x-api-key` or `bearer`; default by family.
    package var auth: String?
    /// 1–4,096 characters; nil takes it away.
    package var credential: Edit<NodeCredential?>
    /// 1–1,000; default 1.
    package var priority: Int?
    /// 1–10,000; default 100.
    package var weight: Int?
    package var isEnabled: Bool?
    package var isDraining: Bool?
    /// 1–100,000; nil: no limit.
    package var maxConcurrency: Edit<Int?>
    /// Up to 200 of pattern and name.
    package var models: [Model]?
    /// `api`, `head`, `count` or `cli`.
    package var healthMethod: String?
    package var healthModel: String?
    package var rateDomain: Edit<String?>
    package var cacheDomain: Edit<String?>
    package var allowPrivate: Bool?
    package var allowLoopback: Bool?

    /// One line of the model map, unchecked.
    package struct Model: Sendable, Hashable {
        package var match: String
        package var to: String?

        package init(match: String, to: String? = nil) {
            self.match = match
            self.to = to
        }
    }

    package init(
        name: String? = nil, url: String? = nil, family: String? = nil, provider: String? = nil, auth: String? = nil,
        credential: Edit<NodeCredential?> = .keep, priority: Int? = nil, weight: Int? = nil, isEnabled: Bool? = nil,
        isDraining: Bool? = nil,
        maxConcurrency: Edit<Int?> = .keep, models: [Model]? = nil, healthMethod: String? = nil, healthModel: String? = nil,
        rateDomain: Edit<String?> = .keep, cacheDomain: Edit<String?> = .keep, allowPrivate: Bool? = nil, allowLoopback: Bool? = nil
    ) {
        self.name = name
        self.url = url
        self.family = family
        self.provider = provider
        self.auth = auth
        self.credential = credential
        self.priority = priority
        self.weight = weight
        self.isEnabled = isEnabled
        self.isDraining = isDraining
        self.maxConcurrency = maxConcurrency
        self.models = models
        self.healthMethod = healthMethod
        self.healthModel = healthModel
        self.rateDomain = rateDomain
        self.cacheDomain = cacheDomain
        self.allowPrivate = allowPrivate
        self.allowLoopback = allowLoopback
    }
}
