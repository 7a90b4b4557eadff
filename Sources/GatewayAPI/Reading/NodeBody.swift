import Gateway
import Vocabulary

/// A node as somebody fills it in, whole or in part.
struct NodeBody: Decodable {
    let change: NodeChange

    private enum CodingKeys: CodingKey {
        case name, url, family, provider, auth, credential, priority, weight, enabled, draining, maxConcurrency, models, healthMethod
        case healthModel, rateDomain, cacheDomain, allowPrivate, allowLoopback
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        var change = NodeChange()
        try Self.readTexts(fields, into: &change)
        try Self.readNumbers(fields, into: &change)
        change.models = try fields.given(.models, as: [ModelLine].self)?.map { NodeChange.Model(match: $0.match, to: $0.to) }
        if case .set(let credential) = try fields.edit(.credential, as: String.self) {
            change.credential = .set(credential.map { NodeCredential(Secret($0)) })
        }
        self.change = change
    }

    private static func readTexts(_ fields: KeyedDecodingContainer<CodingKeys>, into change: inout NodeChange) throws {
        change.name = try fields.given(.name)
        change.url = try fields.given(.url)
        change.family = try fields.given(.family)
        change.provider = try fields.given(.provider)
        change.auth = try fields.given(.auth)
        change.healthMethod = try fields.given(.healthMethod)
        change.healthModel = try fields.given(.healthModel)
        change.rateDomain = try fields.edit(.rateDomain)
        change.cacheDomain = try fields.edit(.cacheDomain)
    }

    private static func readNumbers(_ fields: KeyedDecodingContainer<CodingKeys>, into change: inout NodeChange) throws {
        change.priority = try fields.given(.priority)
        change.weight = try fields.given(.weight)
        change.isEnabled = try fields.given(.enabled)
        change.isDraining = try fields.given(.draining)
        change.maxConcurrency = try fields.edit(.maxConcurrency)
        change.allowPrivate = try fields.given(.allowPrivate)
        change.allowLoopback = try fields.given(.allowLoopback)
    }

    private struct ModelLine: Decodable {
        let match: String
        let to: String?
    }
}

/// The order of all nodes, group by group. What is no id can name no node: the room tells of it like of any other stranger.
struct OrderBody: Decodable {
    let groups: [[String]]
}
