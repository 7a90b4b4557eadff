import Gateway
import HTTPTypes
import Hummingbird
import Routing
import Vocabulary
import WebServer

/// Nodes: their settings, order, switches, probes and past.
struct NodeRoutes: Sendable {
    private let gateway: GatewayRoom
    private let clock: any WallClock
    private let views: NodeViews

    init(gateway: GatewayRoom, clock: any WallClock) {
        self.gateway = gateway
        self.clock = clock
        views = NodeViews(gateway: gateway, clock: clock)
    }

    func add(to group: RouterGroup<RequestScope>) {
        group.get("nodes", use: list)
        group.post("nodes", use: make)
        group.put("nodes/order", use: order)
        group.get("nodes/:id", use: show)
        group.patch("nodes/:id", use: change)
        group.delete("nodes/:id", use: delete)
        group.post("nodes/:id/test", use: test)
        group.get("nodes/:id/history", use: history)
        group.get("nodes/:id/models", use: models)
        for step in NodeStep.allCases {
            group.post(RouterPath("nodes/:id/\(step.rawValue)")) { try await take(step, $0, context: $1) }
        }
    }

    @Sendable private func list(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        return .items(try await views.all(of: member.workspace)) { $0.whole }
    }

    @Sendable private func make(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        let draft = try await request.decode(NodeBody.self, in: context).change
        return try await answer(try await gateway.nodes.create(draft, by: .member(member)), .created)
    }

    @Sendable private func show(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        return .json(try await views.one(try context.id(orElse: .nodeNotFound), of: member.workspace).whole)
    }

    @Sendable private func change(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        let id: NodeID = try context.id(orElse: .nodeNotFound)
        let change = try await request.decode(NodeBody.self, in: context).change
        return try await answer(try await gateway.nodes.change(id, change, by: .member(member)))
    }

    @Sendable private func delete(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        try await gateway.nodes.delete(try context.id(orElse: .nodeNotFound), by: .member(member))
        return .noContent
    }

    @Sendable private func order(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        let groups = try await request.decode(OrderBody.self, in: context).groups
        // What is no id is nobody's: the count of names then differs from that of the nodes.
        _ = try await gateway.nodes.order(groups.map { $0.map { NodeID($0) ?? .stranger } }, by: .member(member))
        return .items(try await views.all(of: member.workspace)) { $0.whole }
    }

    private func take(_ step: NodeStep, _ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        let id: NodeID = try context.id(orElse: .nodeNotFound)
        let author = Author.member(member)
        switch step {
        case .enable:
            _ = try await gateway.nodes.setEnabled(id, true, by: author)
            try await gateway.health.revive(id, by: author)
        case .disable: _ = try await gateway.nodes.setEnabled(id, false, by: author)
        case .drain: _ = try await gateway.nodes.setDraining(id, true, by: author)
        case .undrain: _ = try await gateway.nodes.setDraining(id, false, by: author)
        }
        return .json(try await views.one(id, of: member.workspace).whole)
    }

    @Sendable private func test(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        return .json(try await gateway.health.test(try context.id(orElse: .nodeNotFound), in: member.workspace).json)
    }

    @Sendable private func history(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        let page = try await gateway.health.history(
            of: try context.id(orElse: .nodeNotFound), in: member.workspace,
            from: try request.queryTime("from") ?? Timestamp(milliseconds: 0),
            to: try request.queryTime("to") ?? clock.now() + .seconds(1), after: try request.pageCursor(), limit: try request.pageLimit())
        return .page(page) { $0.json }
    }

    @Sendable private func models(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        let node = try gateway.nodes.node(try context.id(orElse: .nodeNotFound), in: member.workspace)
        guard !node.needsCredential else { throw GatewayError.unsealable }
        let models = await gateway.models.list(of: node)
        return .json(["items": .list(models) { .text($0.id) }, "at": .time(clock.now() - gateway.models.age(of: node))])
    }

    private func answer(_ node: Node, _ status: HTTPResponse.Status = .ok) async throws -> Response {
        .json(try await views.one(node.id, of: node.workspace).whole, status)
    }
}

/// What a person does to a node with one word.
private enum NodeStep: String, CaseIterable {
    case enable, disable, drain, undrain
}

extension NodeID {
    /// The id of no node: made before all times.
    fileprivate static var stranger: NodeID { NodeID(ULID(time: Timestamp(milliseconds: 0), randomness: (0, 0))) }
}
