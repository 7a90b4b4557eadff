import Gateway
import Hummingbird
import Vocabulary
import WebServer

/// What was asked of the gateway.
struct RequestRoutes: Sendable {
    let gateway: GatewayRoom

    func add(to group: RouterGroup<RequestScope>) {
        group.get("requests", use: list)
        group.get("requests/:id", use: show)
    }

    @Sendable private func list(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        let filter = RequestFilter(
            id: try request.queryRequestID("request"), key: try request.queryID("key"), node: try request.queryID("node"),
            model: request.queryText("model"), status: try request.queryWord("status"), from: try request.queryTime("from"),
            to: try request.queryTime("to"))
        let page = try await gateway.usage.requests(
            filter, after: try request.pageCursor(), limit: try request.pageLimit(), in: member.workspace)
        return .page(page) { $0.json }
    }

    @Sendable private func show(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        guard let id = context.parameters.get("id").flatMap({ ULID($0) }) else { throw GatewayError.requestNotFound }
        return .json(try await gateway.usage.request(id, in: member.workspace).json)
    }
}
