import Storage

/// The ledger's tables. Keys and nodes are kept without foreign keys: what was used stays when they are gone.
extension GatewaySchema {
    static let ledger = [ledgerRows, ledgerHours]

    /// A request's id begins with its time, so lists by time are lists by id.
    private static let ledgerRows = Migration(
        8, "the ledger: requests, their tries, and refusals by the minute",
        [
            """
            CREATE TABLE gateway_request (
                id VARCHAR(26) NOT NULL PRIMARY KEY,
                workspace_id VARCHAR(26),
                key_id VARCHAR(26),
                operation VARCHAR(32) NOT NULL,
                model VARCHAR(128) NOT NULL,
                mapped_model VARCHAR(128),
                is_stream INTEGER NOT NULL CHECK (is_stream IN (0, 1)),
                status VARCHAR(16) NOT NULL,
                http_status INTEGER,
                code VARCHAR(64),
                node_id VARCHAR(26),
                attempts INTEGER NOT NULL CHECK (attempts >= 0),
                first_byte_ms BIGINT,
                duration_ms BIGINT,
                input_tokens BIGINT,
                output_tokens BIGINT,
                cache_read_tokens BIGINT,
                cache_write_5m_tokens BIGINT,
                cache_write_1h_tokens BIGINT,
                web_searches BIGINT,
                cost BIGINT,
                is_unpriced INTEGER NOT NULL CHECK (is_unpriced IN (0, 1)),
                price_lines TEXT,
                flags INTEGER NOT NULL,
                geo VARCHAR(16),
                agent VARCHAR(120) NOT NULL,
                address VARCHAR(46) NOT NULL,
                session VARCHAR(80),
                CHECK (status IN ('open', 'completed', 'failed', 'refused', 'cancelled', 'interrupted')),
                CHECK ((cost IS NULL) = (price_lines IS NULL)),
                CHECK (cost IS NULL OR is_unpriced = 0)
            )
            """,
            "CREATE INDEX gateway_request_by_workspace ON gateway_request (workspace_id, id)",
            "CREATE INDEX gateway_request_by_key ON gateway_request (key_id, id)",
            "CREATE INDEX gateway_request_by_node ON gateway_request (node_id, id)",
            "CREATE INDEX gateway_request_by_model ON gateway_request (workspace_id, model, id)",
            "CREATE INDEX gateway_request_by_status ON gateway_request (status, workspace_id, id)",
            """
            CREATE TABLE gateway_attempt (
                request_id VARCHAR(26) NOT NULL,
                number INTEGER NOT NULL CHECK (number > 0),
                node_id VARCHAR(26) NOT NULL,
                mapped_model VARCHAR(128) NOT NULL,
                at BIGINT NOT NULL,
                certainty VARCHAR(20),
                outcome VARCHAR(64),
                http_status INTEGER,
                ms BIGINT,
                is_charge_suspected INTEGER NOT NULL CHECK (is_charge_suspected IN (0, 1)),
                is_node_fault INTEGER NOT NULL CHECK (is_node_fault IN (0, 1)),
                PRIMARY KEY (request_id, number),
                CHECK ((certainty IS NULL) = (outcome IS NULL))
            )
            """,
            """
            CREATE TABLE gateway_refusal (
                workspace_id VARCHAR(26) NOT NULL,
                minute BIGINT NOT NULL,
                key_id VARCHAR(26) NOT NULL,
                code VARCHAR(64) NOT NULL,
                count BIGINT NOT NULL CHECK (count > 0),
                PRIMARY KEY (workspace_id, minute, key_id, code)
            )
            """,
            "CREATE INDEX gateway_refusal_by_age ON gateway_refusal (minute)",
        ])

    private static let ledgerHours = Migration(
        9, "use by the hour, and how far the journal has been moved",
        [
            """
            CREATE TABLE gateway_hour (
                workspace_id VARCHAR(26) NOT NULL,
                hour BIGINT NOT NULL,
                key_id VARCHAR(26) NOT NULL,
                node_id VARCHAR(26) NOT NULL,
                model VARCHAR(128) NOT NULL,
                served_model VARCHAR(128) NOT NULL,
                requests BIGINT NOT NULL,
                failures BIGINT NOT NULL,
                cancelled BIGINT NOT NULL,
                refused BIGINT NOT NULL,
                attempts BIGINT NOT NULL,
                node_faults BIGINT NOT NULL,
                input_tokens BIGINT NOT NULL,
                output_tokens BIGINT NOT NULL,
                cache_read_tokens BIGINT NOT NULL,
                cache_write_tokens BIGINT NOT NULL,
                cost BIGINT NOT NULL,
                unpriced BIGINT NOT NULL,
                PRIMARY KEY (workspace_id, hour, key_id, node_id, model, served_model)
            )
            """,
            "CREATE INDEX gateway_hour_by_time ON gateway_hour (hour, key_id)",
            """
            CREATE TABLE gateway_ledger (
                slot INTEGER NOT NULL PRIMARY KEY CHECK (slot = 1),
                segment BIGINT NOT NULL CHECK (segment > 0),
                place BIGINT NOT NULL CHECK (place > 0)
            )
            """,
        ])
}
