import Routing
import Storage
package import Vocabulary

extension Usage {
    /// What a workspace used, by the hour in which the requests came in.
    /// - Throws: `StorageError`.
    package func report(by grouping: UsageGrouping, of period: UsagePeriod, in workspace: WorkspaceID) async throws -> UsageReport {
        let query = HourQuery(workspace: workspace, from: period.from, to: period.to)
        // One snapshot: the lines add up to the total.
        return try await database.read { connection in
            UsageReport(
                items: try query.items(by: grouping, of: period, on: connection), total: try query.total(on: connection),
                unpricedModels: try query.unpricedModels(on: connection))
        }
    }
}

/// A span of the hourly table of one workspace as SQL.
struct HourQuery {
    let workspace: WorkspaceID
    let from: Timestamp
    let to: Timestamp

    private static let sums = UsageFigures.columns.map { "COALESCE(SUM(\($0)), 0)" }.joined(separator: ", ")
    private static let place = "workspace_id = ? AND hour >= ? AND hour < ?"
    private var arguments: [SQLValue] { [workspace.sqlValue, from.sqlValue, to.sqlValue] }

    func total(on connection: any SQLConnection) throws -> UsageFigures {
        let row = try connection.row("SELECT \(Self.sums) FROM gateway_hour WHERE \(Self.place)", arguments)
        return try row.map { try UsageFigures($0, from: 0) } ?? UsageFigures()
    }

    func unpricedModels(on connection: any SQLConnection) throws -> [String] {
        try connection.rows(
            "SELECT served_model FROM gateway_hour WHERE \(Self.place) AND unpriced > 0 GROUP BY served_model ORDER BY served_model LIMIT 200",
            arguments
        ).map { try $0.get(0) }
    }

    func items(by grouping: UsageGrouping, of period: UsagePeriod, on connection: any SQLConnection) throws -> [UsageItem] {
        switch grouping {
        case .day, .hour: try times(by: grouping, of: period, on: connection)
        case .model: try groups("model", on: connection).map { UsageItem(name: $0.name, id: nil, figures: $0.figures) }
        case .key: try named(groups("key_id", on: connection), in: "gateway_key", on: connection)
        case .node:
            try named(
                groups("node_id", on: connection),
                in: "(SELECT id, name FROM node UNION ALL SELECT id, name FROM departed_node) AS every_node", on: connection)
        }
    }

    /// Hours are summed by the database, days out of these hours here: a day is the sum of its hours, whatever the zone.
    private func times(by grouping: UsageGrouping, of period: UsagePeriod, on connection: any SQLConnection) throws -> [UsageItem] {
        var sums: [String: UsageFigures] = [:]
        let rows = try connection.rows(
            "SELECT hour, \(Self.sums) FROM gateway_hour WHERE \(Self.place) GROUP BY hour ORDER BY hour LIMIT 24000", arguments)
        for row in rows {
            sums[period.name(of: try row.get(0), by: grouping), default: UsageFigures()] += try UsageFigures(row, from: 1)
        }
        let names = period.names(by: grouping)
        return (names.isEmpty ? sums.keys.sorted().suffix(1_000) : names).map {
            UsageItem(name: $0, id: nil, figures: sums[$0] ?? UsageFigures())
        }
    }

    func groups(_ column: String, on connection: any SQLConnection) throws -> [(name: String, figures: UsageFigures)] {
        try connection.rows(
            """
            SELECT \(column), \(Self.sums) FROM gateway_hour WHERE \(Self.place) GROUP BY \(column)
                ORDER BY SUM(cost) DESC, SUM(requests) DESC, \(column) LIMIT 1000
            """, arguments
        ).map { (try $0.get(0), try UsageFigures($0, from: 1)) }
    }

    private func named(
        _ groups: [(name: String, figures: UsageFigures)], in table: String, on connection: any SQLConnection
    ) throws -> [UsageItem] {
        try groups.map { id, figures in
            let name: String? = try connection.row("SELECT name FROM \(table) WHERE id = ?", id)?.get(0)
            return UsageItem(name: name ?? id, id: id.isEmpty ? nil : id, figures: figures)
        }
    }
}

extension UsageFigures {
    /// From the sums in the order of `columns`, from column `first` on.
    init(_ row: Row, from first: Int) throws {
        requests = try row.get(first)
        failures = try row.get(first + 1)
        cancelled = try row.get(first + 2)
        refused = try row.get(first + 3)
        attempts = try row.get(first + 4)
        nodeFaults = try row.get(first + 5)
        inputTokens = try row.get(first + 6)
        outputTokens = try row.get(first + 7)
        cacheReadTokens = try row.get(first + 8)
        cacheWriteTokens = try row.get(first + 9)
        cost = try row.get(first + 10)
        unpriced = try row.get(first + 11)
    }
}
