import Routing
import Storage
import Vocabulary

extension LedgerStore {
    private static let openColumns =
        "SELECT id, workspace_id, key_id, operation, model, is_stream, agent, address, session, tries FROM gateway_request"

    /// The requests that are open as far as the database knows, with their tries.
    /// - Parameter journal: nil: all, as in a house of one instance.
    static func openRequests(
        of journal: JournalID?, limit: Int = Int(Int32.max), on connection: any SQLConnection
    ) throws -> [OpenRequest] {
        let rows =
            if let journal {
                try connection.rows("\(openColumns) WHERE status = 'open' AND journal_id = ? LIMIT ?", journal, limit)
            } else {
                try connection.rows("\(openColumns) WHERE status = 'open' LIMIT ?", limit)
            }
        return try rows.map(openRequest(from:))
    }

    /// Those that belong to no journal: of the time when the house was one instance.
    static func unownedRequests(limit: Int, on connection: any SQLConnection) throws -> [OpenRequest] {
        try connection.rows("\(openColumns) WHERE status = 'open' AND journal_id IS NULL LIMIT ?", limit).map(openRequest(from:))
    }

    private static func openRequest(from row: Row) throws -> OpenRequest {
        guard let id = ULID(try row.get(0, as: String.self)) else { throw StorageError.unexpectedValue(column: 0, wanted: "ULID") }
        let client = ClientFacts(agent: try row.get(6), address: try row.get(7), session: try row.get(8))
        let opening = RequestOpening(
            id: id, workspace: try row.get(1), key: try row.get(2), operation: try row.get(3), model: try row.get(4),
            isStream: try row.get(5), client: client)
        let attempts = AttemptText.read(try row.get(9), model: opening.model)
        return OpenRequest(opening: opening, attempts: attempts, isStored: true, isChanged: false)
    }

    /// The names under which models are counted, of the day of `time` and the one before.
    static func countedModels(at time: Timestamp, on connection: any SQLConnection) throws -> CountedModels {
        var models = CountedModels()
        let rows = try connection.rows(
            "SELECT DISTINCT workspace_id, hour - hour % 86400000, model FROM gateway_hour WHERE hour >= ? AND model <> ''",
            time.startOfUTCDay - .seconds(86_400))
        for row in rows {
            guard let workspace = ULID(try row.get(0, as: String.self)) else { continue }
            models.add(try row.get(2), of: workspace, at: try row.get(1))
        }
        return models
    }
}

extension LedgerStore {
    /// Deletes up to `limit` requests that came in before `time`. What they add up to in the hourly table stays.
    /// - Returns: how many.
    static func forgetRequests(before time: Timestamp, limit: Int, on connection: any SQLConnection) throws -> Int {
        // One by one: `id IN (SELECT …)` has MariaDB read the whole ledger for each portion.
        let old = try connection.rows(
            "SELECT id FROM gateway_request WHERE id < ? AND status <> 'open' ORDER BY id LIMIT ?", ULID.first(at: time).description, limit)
        for row in old { try connection.execute("DELETE FROM gateway_request WHERE id = ?", row.values) }
        return old.count
    }

    /// Deletes up to `limit` of what lists found requests by that came in before `time`.
    /// - Returns: how many.
    static func forgetSpans(before time: Timestamp, limit: Int, on connection: any SQLConnection) throws -> Int {
        let rows = try connection.rows(
            "SELECT workspace_id, facet, value, span FROM gateway_request_span WHERE span < ? ORDER BY span LIMIT ?",
            RequestSpan.text(of: ULID.first(at: time)), limit)
        for row in rows {
            try connection.execute(
                "DELETE FROM gateway_request_span WHERE workspace_id = ? AND facet = ? AND value = ? AND span = ?", row.values)
        }
        return rows.count
    }

    /// Deletes up to `limit` counts of refusals of minutes before `time`.
    /// - Returns: how many.
    static func forgetRefusals(before time: Timestamp, limit: Int, on connection: any SQLConnection) throws -> Int {
        let rows = try connection.rows(
            "SELECT workspace_id, minute, key_id, code FROM gateway_refusal WHERE minute < ? ORDER BY minute LIMIT ?", time, limit)
        for row in rows {
            try connection.execute(
                "DELETE FROM gateway_refusal WHERE workspace_id = ? AND minute = ? AND key_id = ? AND code = ?", row.values)
        }
        return rows.count
    }
}

extension ULID {
    /// The lowest one of `time`: what is before it was made before.
    static func first(at time: Timestamp) -> ULID {
        ULID(time: Timestamp(milliseconds: min(max(0, time.milliseconds), 1 << 48 - 1)), randomness: (0, 0))
    }
}
