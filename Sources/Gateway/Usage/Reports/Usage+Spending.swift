package import Routing
import Storage
package import Vocabulary

/// What a key has spent, in nano-dollars of UTC days and months, by the moment its requests came in.
package struct KeySpending: Hashable, Sendable {
    package var day: Int64 = 0
    package var month: Int64 = 0
}

/// What a key did today and this month (UTC).
package struct KeyFigures: Hashable, Sendable {
    package var day = UsageFigures()
    package var month = UsageFigures()

    package init() {}
}

extension Usage {
    /// What every key has spent until now: where the budgets begin when the process starts. Complete once `LedgerService.recover` has run.
    /// - Throws: `StorageError`.
    package func spendAtStart(now: Timestamp) async throws -> [KeyID: KeySpending] {
        let (day, month) = (now.startOfUTCDay, now.startOfUTCMonth)
        let rows = try await database.read { connection in
            try connection.rows(
                """
                SELECT key_id, SUM(CASE WHEN hour >= ? THEN cost ELSE 0 END), SUM(cost) FROM gateway_hour
                    WHERE hour >= ? AND key_id <> '' GROUP BY key_id
                """, day, month)
        }
        return try rows.reduce(into: [:]) { spending, row in
            spending[try row.get(0)] = KeySpending(day: try row.get(1), month: try row.get(2))
        }
    }

    /// What each key of a workspace did today and this month (UTC).
    /// - Throws: `StorageError`.
    package func useByKey(in workspace: WorkspaceID, now: Timestamp) async throws -> [KeyID: KeyFigures] {
        let end = now + .seconds(86_400)
        let today = HourQuery(workspace: workspace, from: now.startOfUTCDay, to: end)
        let month = HourQuery(workspace: workspace, from: now.startOfUTCMonth, to: end)
        let (days, months) = try await database.read { (try today.groups("key_id", on: $0), try month.groups("key_id", on: $0)) }
        var use: [KeyID: KeyFigures] = [:]
        for group in days { if let key = KeyID(group.name) { use[key, default: KeyFigures()].day = group.figures } }
        for group in months { if let key = KeyID(group.name) { use[key, default: KeyFigures()].month = group.figures } }
        return use
    }

    /// What each node of a workspace did today (UTC): `requests` are those whose answer came from it, `attempts` and `nodeFaults` count every
    /// try of it.
    /// - Throws: `StorageError`.
    package func todayByNode(in workspace: WorkspaceID, now: Timestamp) async throws -> [NodeID: UsageFigures] {
        let today = HourQuery(workspace: workspace, from: now.startOfUTCDay, to: now + .seconds(86_400))
        let groups = try await database.read { try today.groups("node_id", on: $0) }
        return groups.reduce(into: [:]) { nodes, group in
            if let node = NodeID(group.name) { nodes[node] = group.figures }
        }
    }
}

extension Timestamp {
    /// 00:00 of its day, UTC.
    package var startOfUTCDay: Timestamp { floored(to: UsagePeriod.day) }

    /// 00:00 of the first of its month, UTC.
    package var startOfUTCMonth: Timestamp {
        // "2026-11-21T…": the day of the month says how many days to go back.
        let dayOfMonth = Int64(rfc3339.dropFirst(8).prefix(2)) ?? 1
        return Timestamp(milliseconds: startOfUTCDay.milliseconds - (dayOfMonth - 1) * UsagePeriod.day)
    }
}
