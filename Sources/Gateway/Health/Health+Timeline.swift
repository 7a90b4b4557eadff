package import Routing
import Storage
package import Vocabulary

extension Health {
    /// The last 24 hours of each node of a workspace in 48 cells, oldest first.
    /// - Throws: `StorageError`.
    package func timelines(of workspace: WorkspaceID) async throws -> [NodeID: [TimelineCell]] {
        let now = clock.now()
        let start = NodeTimeline.start(at: now)
        var lines = try await database.read { try HealthStore.timelines(of: workspace, from: start, on: $0) }
        let pool = control.snapshot(of: workspace, at: moment)?.nodes ?? []
        for node in pool { lines[node.id, default: NodeTimeline()].state = node.state.name }
        return nodes.nodes(of: workspace).reduce(into: [:]) { cells, node in
            cells[node.id] = (lines[node.id] ?? NodeTimeline()).cells(at: now)
        }
    }
}

extension HealthStore {
    private static let place = "node_history h JOIN node n ON n.id = h.node_id WHERE n.workspace_id = ? AND h.at >= ?"

    /// Everything but what the nodes are now.
    static func timelines(
        of workspace: WorkspaceID, from start: Timestamp, on connection: any SQLConnection
    ) throws -> [NodeID: NodeTimeline] {
        var lines: [NodeID: NodeTimeline] = [:]
        for row in try connection.rows(
            """
            SELECT h.node_id, h.at - h.at % \(NodeTimeline.cell), COUNT(*), SUM(CASE WHEN h.code = 'check_failed' THEN 1 ELSE 0 END)
                FROM \(place) GROUP BY h.node_id, h.at - h.at % \(NodeTimeline.cell)
            """, workspace, start)
        {
            lines[try row.get(0), default: NodeTimeline()].records[try row.get(1)] = (try row.get(2), try row.get(3))
        }
        for row in try connection.rows(
            "SELECT h.node_id, h.at, h.from_state, h.to_state FROM \(place) AND h.from_state <> h.to_state ORDER BY h.node_id, h.seq",
            workspace, start)
        {
            let turn = NodeTimeline.Turn(at: try row.get(1), from: try row.get(2), to: try row.get(3))
            lines[try row.get(0), default: NodeTimeline()].turns.append(turn)
        }
        for row in try connection.rows(
            """
            SELECT node_id, hour, SUM(attempts), SUM(node_faults) FROM gateway_hour
                WHERE workspace_id = ? AND hour >= ? AND node_id <> '' GROUP BY node_id, hour HAVING SUM(attempts) > 0
            """, workspace, start.floored(to: UsagePeriod.hour))
        {
            lines[try row.get(0), default: NodeTimeline()].hours[try row.get(1)] = (try row.get(2), try row.get(3))
        }
        return lines
    }

    /// When each node's health last changed, as far as its history goes back.
    static func lastTurns(on connection: any SQLConnection) throws -> [NodeID: Timestamp] {
        try connection.rows("SELECT node_id, MAX(at) FROM node_history WHERE from_state <> to_state GROUP BY node_id")
            .reduce(into: [:]) { $0[try $1.get(0)] = try $1.get(1) }
    }
}
