import Gateway
import Routing
import Vocabulary

/// Puts together what the room's nouns know of nodes.
struct NodeViews: Sendable {
    let gateway: GatewayRoom
    let clock: any WallClock

    /// All nodes of a workspace with their day, in routing order.
    func all(of workspace: WorkspaceID) async throws -> [NodeView] {
        async let timelines = gateway.health.timelines(of: workspace)
        async let today = gateway.usage.todayByNode(in: workspace, now: clock.now())
        let (lines, figures) = try await (timelines, today)
        return brief(of: workspace).map { view in
            var view = view
            view.today = figures[view.node.id] ?? UsageFigures()
            view.timeline = lines[view.node.id] ?? []
            return view
        }
    }

    /// - Throws: `GatewayError.nodeNotFound`.
    func one(_ id: NodeID, of workspace: WorkspaceID) async throws -> NodeView {
        _ = try gateway.nodes.node(id, in: workspace)
        guard let view = try await all(of: workspace).first(where: { $0.node.id == id }) else { throw GatewayError.nodeNotFound }
        return view
    }

    /// Without their day: memory only.
    func brief(of workspace: WorkspaceID) -> [NodeView] {
        let standings = gateway.health.standings(of: workspace)
        return gateway.nodes.nodes(of: workspace).compactMap { node in standings[node.id].map { NodeView(node: node, standing: $0) } }
    }
}
