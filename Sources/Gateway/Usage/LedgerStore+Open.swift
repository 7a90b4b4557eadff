import Routing
import Storage
import Vocabulary

extension LedgerStore {
    /// The requests that are open as far as the database knows, with their tries.
    static func openRequests(on connection: any SQLConnection) throws -> [OpenRequest] {
        let rows = try connection.rows(
            "SELECT id, workspace_id, key_id, operation, model, is_stream, agent, address, session FROM gateway_request WHERE status = 'open'"
        )
        return try rows.map { row in
            let text: String = try row.get(0)
            guard let id = ULID(text) else { throw StorageError.unexpectedValue(column: 0, wanted: "ULID") }
            let client = ClientFacts(agent: try row.get(6), address: try row.get(7), session: try row.get(8))
            let opening = RequestOpening(
                id: id, workspace: try row.get(1), key: try row.get(2), operation: try row.get(3), model: try row.get(4),
                isStream: try row.get(5), client: client)
            return OpenRequest(opening: opening, attempts: try attempts(of: text, on: connection), isStored: true, isChanged: false)
        }
    }

    private static func attempts(of request: String, on connection: any SQLConnection) throws -> [OpenAttempt] {
        try connection.rows(
            """
            SELECT number, node_id, mapped_model, at, certainty, outcome, http_status, ms, is_charge_suspected, is_node_fault
                FROM gateway_attempt WHERE request_id = ? ORDER BY number
            """, request
        ).map { row in
            let opening = AttemptOpening(number: try row.get(0), node: try row.get(1), mappedModel: try row.get(2))
            return OpenAttempt(
                opening: opening, at: try row.get(3), ending: try ending(opening.number, from: row), isStored: true, isChanged: false)
        }
    }

    private static func ending(_ number: Int, from row: Row) throws -> AttemptEnding? {
        let certainty: String? = try row.get(4)
        guard let certainty else { return nil }
        guard let certainty = AttemptCertainty(rawValue: certainty) else {
            throw StorageError.unexpectedValue(column: 4, wanted: "certainty")
        }
        return AttemptEnding(
            number: number, certainty: certainty, outcome: try row.get(5), httpStatus: try row.get(6),
            milliseconds: try row.get(7, as: Int64?.self) ?? -1, isChargeSuspected: try row.get(8), isNodeFault: try row.get(9))
    }
}

extension LedgerStore {
    /// Deletes up to `limit` requests that came in before `time`, with their tries. What they add up to in the hourly table stays.
    /// - Returns: how many.
    static func forgetRequests(before time: Timestamp, limit: Int, on connection: any SQLConnection) throws -> Int {
        let rows = try connection.rows(
            "SELECT id FROM gateway_request WHERE id < ? AND status <> 'open' ORDER BY id LIMIT ?", ULID.first(at: time).description, limit)
        for row in rows {
            let id: String = try row.get(0)
            try connection.execute("DELETE FROM gateway_attempt WHERE request_id = ?", id)
            try connection.execute("DELETE FROM gateway_request WHERE id = ?", id)
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
