import Storage

extension GatewaySchema {
    /// A request cost nine entries in nine trees: its row and id, five indexes for lists, each try and its id. Now it costs two, its row and
    /// its id. Lists find rows by `gateway_request_span`, which has a few rows for half a minute (`RequestSpan` and
    /// docs/decisions/0012-ledger-spans.md say why), and tries are a text of their request (`AttemptText` says how it is written).
    static let ledgerSpans = Migration(
        14, "the ledger: tries within their request, lists by spans of time",
        [
            "ALTER TABLE gateway_request ADD COLUMN tries TEXT NOT NULL DEFAULT ''",
            """
            UPDATE gateway_request SET tries = (
                SELECT group_concat(text, ';') FROM (
                    SELECT a.number || ':' || a.node_id || ':' || CASE WHEN a.mapped_model = gateway_request.model THEN '' ELSE \(escaped("a.mapped_model")) END
                        || ':' || a.at || ':' || COALESCE(a.certainty, '') || ':' || COALESCE(\(escaped("a.outcome")), '')
                        || ':' || COALESCE(a.http_status, '') || ':' || COALESCE(a.ms, '') || ':'
                        || CASE WHEN a.is_charge_suspected = 1 THEN 'c' ELSE '' END || CASE WHEN a.is_node_fault = 1 THEN 'f' ELSE '' END AS text
                    FROM gateway_attempt a WHERE a.request_id = gateway_request.id ORDER BY a.number
                )
            ) WHERE id IN (SELECT request_id FROM gateway_attempt)
            """,
            "DROP TABLE gateway_attempt",
            """
            CREATE TABLE gateway_request_span (
                workspace_id VARCHAR(26) NOT NULL,
                facet VARCHAR(8) NOT NULL CHECK (facet IN ('all', 'key', 'node', 'model', 'status')),
                value VARCHAR(128) NOT NULL,
                span VARCHAR(7) NOT NULL CHECK (length(span) = 7),
                PRIMARY KEY (workspace_id, facet, value, span)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX gateway_request_span_by_age ON gateway_request_span (span)",
            spans("all", "''", of: "id IS NOT NULL"),
            spans("key", "key_id", of: "key_id IS NOT NULL"),
            spans("node", "node_id", of: "node_id IS NOT NULL"),
            spans("model", "model", of: "model <> ''"),
            spans("status", "status", of: "status <> 'open'"),
            "DROP INDEX gateway_request_by_workspace",
            "DROP INDEX gateway_request_by_key",
            "DROP INDEX gateway_request_by_node",
            "DROP INDEX gateway_request_by_model",
            "DROP INDEX gateway_request_by_status",
            "CREATE INDEX gateway_request_open ON gateway_request (workspace_id, id) WHERE status = 'open'",
        ])

    private static func escaped(_ column: String) -> String {
        "replace(replace(replace(\(column), '%', '%25'), ':', '%3A'), ';', '%3B')"
    }

    private static func spans(_ facet: String, _ value: String, of condition: String) -> String {
        """
        INSERT INTO gateway_request_span (workspace_id, facet, value, span)
            SELECT DISTINCT workspace_id, '\(facet)', \(value), substr(id, 1, 7) FROM gateway_request
            WHERE workspace_id IS NOT NULL AND \(condition)
        """
    }
}
