import FoundationEssentials
package import Routing
import Storage
package import Vocabulary

/// One line of a node's history.
package struct HistoryEntry: Hashable, Sendable {
    /// What made the entry.
    package enum Source: String, Sendable, SQLConvertible {
        case traffic, probe, person
    }

    package let node: NodeID
    package let at: Timestamp
    /// As `HealthState.name`; equal where nothing changed.
    package let from: String
    package let to: String
    /// Short and stable: `failures_in_row`, `rate_limited`, `check_passed` …
    package let code: String
    /// For people, in English.
    package let words: String
    package let source: Source
    /// What a probe took.
    package let milliseconds: Int64?

    package init(
        node: NodeID, at: Timestamp, from: String, to: String, code: String, words: String, source: Source, milliseconds: Int64? = nil
    ) {
        self.node = node
        self.at = at
        self.from = from
        self.to = to
        self.code = code
        // In bytes as well: a node's words may be full of combining marks, and the column takes 1,000 code points.
        self.words = words.clipped(to: 900, bytes: 990)
        self.source = source
        self.milliseconds = milliseconds
    }
}

/// The SQL of nodes' health and history.
enum HealthStore {
    static func save(_ record: HealthRecord, of node: NodeID, at now: Timestamp, on connection: any SQLConnection) throws {
        // A node that was removed meanwhile keeps nothing.
        guard try connection.row("SELECT 1 FROM node WHERE id = ?", node) != nil else { return }
        try connection.execute("DELETE FROM node_health WHERE node_id = ?", node)
        try connection.execute(
            "INSERT INTO node_health (node_id, state, until_at, times, reason, access_version, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            node,
            record.state.rawValue, record.until, record.timesCooled, text(record.reason), record.accessVersion, now)
    }

    static func records(on connection: any SQLConnection) throws -> [NodeID: HealthRecord] {
        try connection.rows("SELECT node_id, state, until_at, times, reason, access_version FROM node_health")
            .reduce(into: [:]) { records, row in
                guard let state = HealthRecord.State(rawValue: try row.get(1)) else { return }
                records[try row.get(0)] = HealthRecord(
                    state: state, until: try row.get(2), timesCooled: try row.get(3), reason: reason(try row.get(4)),
                    accessVersion: try row.get(5))
            }
    }

    static func add(_ entry: HistoryEntry, on connection: any SQLConnection) throws {
        guard try connection.row("SELECT 1 FROM node WHERE id = ?", entry.node) != nil else { return }
        try connection.execute(
            """
            INSERT INTO node_history (node_id, seq, at, from_state, to_state, code, words, source, ms)
                SELECT ?, COALESCE(MAX(seq), 0) + 1, ?, ?, ?, ?, ?, ?, ? FROM node_history WHERE node_id = ?
            """, entry.node, entry.at, entry.from, entry.to, entry.code, entry.words, entry.source, entry.milliseconds, entry.node)
    }

    /// Newest first, from before `before` (a number of the node's own).
    static func history(
        of node: NodeID, from: Timestamp, to: Timestamp, before: Int64?, limit: Int, on connection: any SQLConnection
    ) throws -> [(number: Int64, entry: HistoryEntry)] {
        try connection.rows(
            """
            SELECT seq, at, from_state, to_state, code, words, source, ms FROM node_history
                WHERE node_id = ? AND at >= ? AND at < ? AND seq < ? ORDER BY seq DESC LIMIT ?
            """, node, from, to, before ?? Int64.max, limit
        ).map { row in
            let entry = HistoryEntry(
                node: node, at: try row.get(1), from: try row.get(2), to: try row.get(3), code: try row.get(4), words: try row.get(5),
                source: try row.get(6), milliseconds: try row.get(7))
            return (try row.get(0), entry)
        }
    }

    /// At most `limit` rows; returns how many went.
    static func trim(before time: Timestamp, limit: Int, on connection: any SQLConnection) throws -> Int {
        let rows = try connection.rows("SELECT node_id, seq FROM node_history WHERE at < ? ORDER BY at LIMIT ?", time, limit)
        for row in rows {
            try connection.execute(
                "DELETE FROM node_history WHERE node_id = ? AND seq = ?", try row.get(0, as: NodeID.self), try row.get(1, as: Int64.self))
        }
        return rows.count
    }

    private static func text(_ reason: HealthReason?) -> String? {
        reason.flatMap { try? JSONEncoder().encode($0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func reason(_ text: String?) -> HealthReason? {
        text.flatMap { try? JSONDecoder().decode(HealthReason.self, from: Data($0.utf8)) }
    }
}
