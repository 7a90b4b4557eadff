import FoundationEssentials
import Logging
import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
import Routing
import Synchronization
import Vocabulary

/// A model as lists show it.
package struct ListedModel: Hashable, Sendable, Codable {
    package let id: String
    package let displayName: String?
    /// As the node gave it: RFC 3339 (Anthropic), absent for others.
    package let createdAt: String?

    enum CodingKeys: String, CodingKey {
        case id
        case displayName = "display_name"
        case createdAt = "created_at"
    }

    package init(id: String, displayName: String? = nil, createdAt: String? = nil) {
        self.id = id
        self.displayName = displayName
        self.createdAt = createdAt
    }
}

/// Which models the nodes have: asked of them, kept for ten minutes.
package final class ModelLists: Sendable {
    private struct Kept {
        let models: [ListedModel]
        let at: NIODeadline
        /// When the node was asked.
        let asked: NIODeadline
        let accessVersion: Int
    }

    private struct Answer: Decodable {
        let data: [ListedModel]
    }

    /// How long an answer counts; a failure for a tenth of that.
    private static let life = TimeAmount.minutes(10)
    private static let bodyLimit = 4 * 1_024 * 1_024
    private static let patience = TimeAmount.seconds(3)
    private let client: NodeClient
    private let logger: Logger
    private let kept = Mutex<[NodeID: Kept]>([:])

    init(client: NodeClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// What clients of these nodes can ask for, by name, each once. A node that does not answer within three seconds adds what its map names.
    package func models(of nodes: [Node], allowed: (String) -> Bool) async -> [ListedModel] {
        let lists = await withTaskGroup(of: [ListedModel].self) { tasks in
            for node in nodes where node.isUsable { tasks.addTask { await self.offered(by: node) } }
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        var known: [String: ListedModel] = [:]
        for model in lists.joined() where allowed(model.id) { known[model.id] = known[model.id] ?? model }
        return known.values.sorted { $0.id < $1.id }
    }

    /// The models by the names that clients use: the node's own as far as its map lets them through, and the map's plain names.
    private func offered(by node: Node) async -> [ListedModel] {
        let map = node.modelMap
        let named = node.models.map(\.match.text).filter { !$0.contains("*") }.map { ListedModel(id: $0) }
        // A map of plain names says all there is to say.
        guard map.servesAll || node.models.contains(where: { $0.match.text.contains("*") }) else { return named }
        return await list(of: node).filter { map.serves($0.id) != nil } + named
    }

    /// The node's own list, from memory or anew.
    package func list(of node: Node) async -> [ListedModel] {
        let now = NIODeadline.now()
        if let known = kept.withLock({ $0[node.id] }), known.accessVersion == node.accessVersion, now - known.at < Self.life {
            return known.models
        }
        let (models, isFresh) = await ask(node)
        // A failure is forgotten soon, but not asked for again with every list.
        let at = isFresh ? now : now - Self.life + .minutes(1)
        kept.withLock { kept in
            if kept.count > 10_000 { kept.removeAll() }
            kept[node.id] = Kept(models: models, at: at, asked: now, accessVersion: node.accessVersion)
        }
        return models
    }

    /// How long ago the node was asked for what `list` gives.
    package func age(of node: Node) -> Duration {
        let asked = kept.withLock { $0[node.id]?.asked } ?? .now()
        return .nanoseconds((NIODeadline.now() - asked).nanoseconds)
    }

    private func ask(_ node: Node) async -> ([ListedModel], isFresh: Bool) {
        let headers: HTTPHeaders = node.family == .anthropic ? ["anthropic-version": "2023-06-01"] : [:]
        let uri = node.family == .anthropic ? "/v1/models?limit=1000" : "/v1/models"
        let head = RequestHeads.toNode(HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: headers), node: node)
        do {
            let answer = try await client.send(
                NodeRequest(target: node.target, head: head, body: .none, connectTimeout: Self.patience), bodyLimit: Self.bodyLimit,
                time: Self.patience)
            guard answer.head.status == .ok else { return ([], false) }
            return (try JSONDecoder().decode(Answer.self, from: Data(answer.body.readableBytesView)).data, true)
        } catch {
            logger.debug("a node gave no list of its models", metadata: ["node": "\(node.name)", "error": "\(error)"])
            return ([], false)
        }
    }
}

// What clients are answered.
extension RequestDispatch {
    func askModels(at now: NIODeadline) -> [DispatchAction] {
        guard let key else { return refuse(.keyMissing, at: now) }
        let family = family
        let nodes = traffic.nodes.nodes(of: key.workspace).filter { $0.family == RoutedFamily(family) }
        guard !nodes.isEmpty else { return refuse(.familyUnserved(family), at: now) }
        let lists = traffic.models
        return ask({ await lists.models(of: nodes, allowed: key.allows) }) { [unowned self] models, now in
            answerModels(models, at: now)
        }
    }

    private func answerModels(_ models: [ListedModel], at now: NIODeadline) -> [DispatchAction] {
        guard case .model(let id) = route?.operation else { return answer(ModelListText.list(models, family), at: now) }
        guard let model = models.first(where: { $0.id == id }) else { return refuse(.modelUnknown(id), at: now) }
        return answer(ModelListText.model(model, family), at: now)
    }
}

/// Lists of models as each family writes them.
enum ModelListText {
    static func list(_ models: [ListedModel], _ family: ModelFamily) -> String {
        let items = models.map { model($0, family) }.joined(separator: ",")
        guard family == .anthropic else { return #"{"object":"list","data":["# + items + "]}" }
        let first = models.first?.id.jsonQuoted ?? "null"
        let last = models.last?.id.jsonQuoted ?? "null"
        return #"{"data":["# + items + #"],"has_more":false,"first_id":"# + first + #","last_id":"# + last + "}"
    }

    static func model(_ model: ListedModel, _ family: ModelFamily) -> String {
        guard family == .anthropic else {
            return #"{"id":"# + model.id.jsonQuoted + #","object":"model","created":0,"owned_by":"switchboard"}"#
        }
        let name = (model.displayName ?? model.id).jsonQuoted
        let created = (model.createdAt ?? "1970-01-01T00:00:00Z").jsonQuoted
        return #"{"type":"model","id":"# + model.id.jsonQuoted + #","display_name":"# + name + #","created_at":"# + created + "}"
    }
}
