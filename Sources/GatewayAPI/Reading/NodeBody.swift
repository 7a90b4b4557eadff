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
        let models = try fields.given(.models, as: [ModelLine].self)
        change = NodeChange(
            name: try fields.given(.name), url: try fields.given(.url), family: try fields.given(.family),
            provider: try fields.given(.provider), auth: try fields.given(.auth), credential: try fields.editCredential(.credential),
            priority: try fields.given(.priority), weight: try fields.given(.weight), isEnabled: try fields.given(.enabled),
            isDraining: try fields.given(.draining), maxConcurrency: try fields.edit(.maxConcurrency),
            models: models?.map { NodeChange.Model(match: $0.match, to: $0.to) }, healthMethod: try fields.given(.healthMethod),
            healthModel: try fields.given(.healthModel), rateDomain: try fields.edit(.rateDomain),
            cacheDomain: try fields.edit(.cacheDomain), allowPrivate: try fields.given(.allowPrivate),
            allowLoopback: try fields.given(.allowLoopback))
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
