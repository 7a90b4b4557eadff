import Gateway
import Hummingbird
import Routing
import Vocabulary
import WebServer

/// The keys that clients sign in with.
struct KeyRoutes: Sendable {
    let gateway: GatewayRoom
    let clock: any WallClock

    func add(to group: RouterGroup<RequestScope>) {
        group.get("keys", use: list)
        group.post("keys", use: make)
        group.get("keys/:id", use: show)
        group.patch("keys/:id", use: change)
        group.post("keys/:id/revoke", use: revoke)
    }

    @Sendable private func list(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        let page = try await gateway.keys.list(
            of: member.workspace, after: try request.pageCursor(), limit: try request.pageLimit())
        let now = clock.now()
        let use = try await gateway.usage.useByKey(in: member.workspace, now: now)
        return .page(page) { $0.json(use[$0.id] ?? KeyFigures(), at: now) }
    }

    @Sendable private func make(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        let draft = try await request.decode(KeyBody.self, in: context).change
        let made = try await gateway.keys.create(draft, by: .member(member))
        // The one answer that a key is ever in.
        return .json(made.key.json(KeyFigures(), at: clock.now()).adding(["key": .text(made.text.reveal())]), .created)
    }

    @Sendable private func show(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        return try await answer(try await gateway.keys.key(try context.id(orElse: .keyNotFound), in: member.workspace))
    }

    @Sendable private func change(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        let id: KeyID = try context.id(orElse: .keyNotFound)
        let change = try await request.decode(KeyBody.self, in: context).change
        return try await answer(try await gateway.keys.change(id, change, by: .member(member)))
    }

    @Sendable private func revoke(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        return try await answer(try await gateway.keys.revoke(try context.id(orElse: .keyNotFound), by: .member(member)))
    }

    private func answer(_ key: GatewayKey) async throws -> Response {
        let now = clock.now()
        let use = try await gateway.usage.useByKey(in: key.workspace, now: now)
        return .json(key.json(use[key.id] ?? KeyFigures(), at: now))
    }
}
