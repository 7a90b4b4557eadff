import Storage
import Vocabulary

/// The audit log in the database: numbered densely per workspace, so that its order is that of the commits.
enum AuditStore {
    static func append(_ entry: AuditEntry, in workspace: WorkspaceID, on connection: any SQLConnection) throws {
        let last: Int64? = try connection.row("SELECT MAX(seq) FROM gateway_audit WHERE workspace_id = ?", workspace)?.get(0)
        let seq = (last ?? 0) + 1
        try connection.execute(
            """
            INSERT INTO gateway_audit (workspace_id, seq, at, member_id, member_name, origin, action, subject, name)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, workspace, seq, entry.at, entry.member, entry.memberName, entry.origin, entry.action, entry.subject, entry.name)
        for (position, change) in entry.changes.enumerated() {
            try connection.execute(
                """
                INSERT INTO gateway_audit_change (workspace_id, seq, position, field, old_value, new_value) VALUES (?, ?, ?, ?, ?, ?)
                """, workspace, seq, position, change.field, change.from, change.to)
        }
    }

    /// Newest first, with their numbers, before the number `before`.
    static func entries(
        of workspace: WorkspaceID, before: Int64, limit: Int, on connection: any SQLConnection
    ) throws -> [(seq: Int64, entry: AuditEntry)] {
        let rows = try connection.rows(
            """
            SELECT seq, at, member_id, member_name, origin, action, subject, name FROM gateway_audit
            WHERE workspace_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?
            """, workspace, before, limit)
        guard let newest = rows.first, let oldest = rows.last else { return [] }
        let changes = try changes(of: workspace, from: try oldest.get(0), through: try newest.get(0), on: connection)
        return try rows.map { row in
            let seq: Int64 = try row.get(0)
            return (seq, try entry(from: row, changes: changes[seq] ?? []))
        }
    }

    private static func changes(
        of workspace: WorkspaceID, from oldest: Int64, through newest: Int64, on connection: any SQLConnection
    ) throws -> [Int64: [AuditChange]] {
        let rows = try connection.rows(
            """
            SELECT seq, field, old_value, new_value FROM gateway_audit_change
            WHERE workspace_id = ? AND seq BETWEEN ? AND ? ORDER BY seq, position
            """, workspace, oldest, newest)
        var changes: [Int64: [AuditChange]] = [:]
        for row in rows {
            let change = AuditChange(field: try row.get(1), from: try row.get(2), to: try row.get(3))
            changes[try row.get(0), default: []].append(change)
        }
        return changes
    }

    private static func entry(from row: Row, changes: [AuditChange]) throws -> AuditEntry {
        AuditEntry(
            at: try row.get(1), member: try row.get(2), memberName: try row.get(3), origin: try row.get(4), action: try row.get(5),
            subject: try row.get(6), name: try row.get(7), changes: changes)
    }
}
