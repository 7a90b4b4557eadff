import Gateway
import Hummingbird
import Vocabulary
import WebServer

/// Settings of the running gateway, where its clients find it, and who changed what.
struct HouseRoutes: Sendable {
    let gateway: GatewayRoom
    let address: GatewayAddress

    func add(to group: RouterGroup<RequestScope>) {
        group.get("settings", use: settings)
        group.patch("settings", use: changeSettings)
        group.get("audit", use: audit)
        group.get("address", use: showAddress)
    }

    @Sendable private func settings(_ request: Request, context: RequestScope) async throws -> Response {
        _ = try context.requireMember()
        return .items(gateway.settings.items) { $0.json }
    }

    @Sendable private func changeSettings(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .owner)
        let values = try await request.decode(SettingsBody.self, in: context).values
        return .items(try await gateway.settings.change(values, by: .member(member))) { $0.json }
    }

    @Sendable private func showAddress(_ request: Request, context: RequestScope) async throws -> Response {
        _ = try context.requireMember()
        let base = address.base(consoleOrigin: context.ownOrigin(of: request))
        return .json(["anthropic": .string(base), "openai": .string(base.map { $0 + "/v1" })])
    }

    @Sendable private func audit(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        let page = try await gateway.audit.list(for: member, after: try request.pageCursor(), limit: try request.pageLimit())
        return .page(page) { $0.json }
    }
}
