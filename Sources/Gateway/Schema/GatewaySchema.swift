package import Storage

/// The gateway's tables. Workspaces and members belong to another room: their ids are kept, without foreign key.
///
/// Numbers 1–7 and 10 are here, the ledger's in `GatewaySchema+Ledger.swift`. Money is nano-dollars, prices are per million tokens.
package enum GatewaySchema {
    package static let schema = Schema(
        room: "gateway",
        migrations: [keys, nodes, prices, settings, audit, owners, health] + ledger + [keyMarks] + later + [ledgerSpans, fleet] + latest)

    /// `live_name` is the name while the key is active and NULL afterwards: unique among active keys, free again after a revocation
    /// (NULLs are never equal), without the partial indexes that MySQL lacks.
    private static let keys = Migration(
        1, "keys: stored as a keyed hash",
        [
            """
            CREATE TABLE gateway_key (
                id VARCHAR(26) NOT NULL PRIMARY KEY,
                workspace_id VARCHAR(26) NOT NULL,
                name VARCHAR(400) NOT NULL CHECK (name <> ''),
                live_name VARCHAR(400),
                prefix VARCHAR(9) NOT NULL CHECK (length(prefix) = 9),
                hash VARBINARY(32) NOT NULL CHECK (length(hash) = 32),
                scopes VARCHAR(64) NOT NULL CHECK (scopes <> ''),
                models TEXT NOT NULL,
                requests_per_minute BIGINT CHECK (requests_per_minute > 0),
                tokens_per_minute BIGINT CHECK (tokens_per_minute > 0),
                concurrency BIGINT CHECK (concurrency > 0),
                budget_day BIGINT CHECK (budget_day >= 0),
                budget_month BIGINT CHECK (budget_month >= 0),
                expires_at BIGINT,
                created_at BIGINT NOT NULL,
                created_by VARCHAR(400) NOT NULL,
                revoked_at BIGINT,
                last_used_at BIGINT,
                CHECK ((live_name IS NULL) = (revoked_at IS NOT NULL)),
                CHECK (live_name IS NULL OR live_name = name),
                UNIQUE (hash),
                UNIQUE (workspace_id, live_name)
            )
            """,
            "CREATE INDEX gateway_key_by_workspace ON gateway_key (workspace_id, id)",
        ])

    private static let nodes = Migration(
        2, "nodes with their model map",
        [
            """
            CREATE TABLE node (
                id VARCHAR(26) NOT NULL PRIMARY KEY,
                workspace_id VARCHAR(26) NOT NULL,
                name VARCHAR(400) NOT NULL CHECK (name <> ''),
                url VARCHAR(1000) NOT NULL CHECK (url LIKE 'http%://%'),
                family VARCHAR(16) NOT NULL CHECK (family IN ('anthropic', 'openai')),
                provider VARCHAR(64) NOT NULL CHECK (provider <> ''),
                auth VARCHAR(16) NOT NULL CHECK (auth IN ('x-api-key', 'bearer')),
                credential VARBINARY(8192) CHECK (length(credential) > 29),
                priority INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 1000),
                position INTEGER NOT NULL CHECK (position >= 0),
                weight INTEGER NOT NULL CHECK (weight BETWEEN 1 AND 10000),
                is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
                is_draining INTEGER NOT NULL CHECK (is_draining IN (0, 1)),
                max_concurrency INTEGER CHECK (max_concurrency > 0),
                health_method VARCHAR(8) NOT NULL CHECK (health_method IN ('api', 'head', 'count', 'cli')),
                health_model VARCHAR(200) NOT NULL CHECK (health_model <> ''),
                rate_domain VARCHAR(64) CHECK (rate_domain <> ''),
                cache_domain VARCHAR(64) CHECK (cache_domain <> ''),
                allow_private INTEGER NOT NULL CHECK (allow_private IN (0, 1)),
                allow_loopback INTEGER NOT NULL CHECK (allow_loopback IN (0, 1)),
                version BIGINT NOT NULL CHECK (version > 0),
                access_version BIGINT NOT NULL CHECK (access_version > 0),
                created_at BIGINT NOT NULL,
                UNIQUE (workspace_id, name)
            )
            """,
            """
            CREATE TABLE node_model (
                node_id VARCHAR(26) NOT NULL,
                position INTEGER NOT NULL,
                pattern VARCHAR(200) NOT NULL CHECK (pattern <> ''),
                target VARCHAR(200) CHECK (target <> ''),
                PRIMARY KEY (node_id, position),
                FOREIGN KEY (node_id) REFERENCES node (id)
            )
            """,
            // What requests of the past are shown with once their node is gone.
            "CREATE TABLE departed_node (id VARCHAR(26) NOT NULL PRIMARY KEY, name VARCHAR(400) NOT NULL)",
        ])

    private static let prices = Migration(
        3, "prices of a workspace's own",
        [
            """
            CREATE TABLE price_entry (
                id VARCHAR(26) NOT NULL PRIMARY KEY,
                workspace_id VARCHAR(26) NOT NULL,
                pattern VARCHAR(200) NOT NULL CHECK (pattern <> ''),
                effective_from BIGINT NOT NULL,
                tier_above BIGINT NOT NULL CHECK (tier_above >= 0),
                input BIGINT NOT NULL CHECK (input >= 0),
                output BIGINT NOT NULL CHECK (output >= 0),
                cache_read BIGINT NOT NULL CHECK (cache_read >= 0),
                cache_write_5m BIGINT NOT NULL CHECK (cache_write_5m >= 0),
                cache_write_1h BIGINT NOT NULL CHECK (cache_write_1h >= 0),
                source VARCHAR(400) NOT NULL,
                created_at BIGINT NOT NULL,
                UNIQUE (workspace_id, pattern, effective_from, tier_above)
            )
            """
        ])

    /// The mark of the house's key: whether a key is the one that sealed what is here can be told before anything is opened with it.
    private static let settings = Migration(
        4, "settings of the running house, and the mark of its key",
        [
            """
            CREATE TABLE gateway_setting (
                name VARCHAR(64) NOT NULL PRIMARY KEY,
                value VARCHAR(1000) NOT NULL,
                changed_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE house_key (
                slot INTEGER NOT NULL PRIMARY KEY CHECK (slot = 1),
                mark VARBINARY(32) NOT NULL CHECK (length(mark) = 32),
                created_at BIGINT NOT NULL
            )
            """,
        ])

    private static let audit = Migration(
        5, "the audit log: who changed what",
        [
            """
            CREATE TABLE gateway_audit (
                workspace_id VARCHAR(26) NOT NULL,
                seq BIGINT NOT NULL CHECK (seq > 0),
                at BIGINT NOT NULL,
                member_id VARCHAR(26),
                member_name VARCHAR(400) NOT NULL,
                origin VARCHAR(16) NOT NULL CHECK (origin IN ('console', 'command', 'environment')),
                action VARCHAR(64) NOT NULL CHECK (action <> ''),
                subject VARCHAR(64) NOT NULL,
                name VARCHAR(400) NOT NULL,
                PRIMARY KEY (workspace_id, seq),
                CHECK ((member_id IS NULL) = (origin <> 'console'))
            )
            """,
            """
            CREATE TABLE gateway_audit_change (
                workspace_id VARCHAR(26) NOT NULL,
                seq BIGINT NOT NULL,
                position INTEGER NOT NULL,
                field VARCHAR(64) NOT NULL,
                old_value VARCHAR(2000),
                new_value VARCHAR(2000),
                PRIMARY KEY (workspace_id, seq, position),
                FOREIGN KEY (workspace_id, seq) REFERENCES gateway_audit (workspace_id, seq)
            )
            """,
        ])

    private static let owners = Migration(
        6, "who owns a batch or a file, and which node has it",
        [
            """
            CREATE TABLE resource_owner (
                workspace_id VARCHAR(26) NOT NULL,
                kind VARCHAR(8) NOT NULL CHECK (kind IN ('batch', 'file')),
                id VARCHAR(200) NOT NULL CHECK (id <> ''),
                node_id VARCHAR(26) NOT NULL,
                created_at BIGINT NOT NULL,
                PRIMARY KEY (workspace_id, kind, id),
                FOREIGN KEY (node_id) REFERENCES node (id)
            )
            """,
            "CREATE INDEX resource_owner_by_node ON resource_owner (node_id)",
        ])

    private static let health = Migration(
        7, "the health of nodes and its history",
        [
            """
            CREATE TABLE node_health (
                node_id VARCHAR(26) NOT NULL PRIMARY KEY,
                state VARCHAR(16) NOT NULL CHECK (state <> ''),
                until_at BIGINT,
                times INTEGER NOT NULL CHECK (times >= 0),
                reason VARCHAR(1000),
                access_version BIGINT NOT NULL,
                changed_at BIGINT NOT NULL,
                FOREIGN KEY (node_id) REFERENCES node (id)
            )
            """,
            """
            CREATE TABLE node_history (
                node_id VARCHAR(26) NOT NULL,
                seq BIGINT NOT NULL CHECK (seq > 0),
                at BIGINT NOT NULL,
                from_state VARCHAR(16) NOT NULL,
                to_state VARCHAR(16) NOT NULL,
                code VARCHAR(64) NOT NULL,
                words VARCHAR(1000) NOT NULL,
                source VARCHAR(8) NOT NULL CHECK (source IN ('traffic', 'probe', 'person')),
                ms BIGINT CHECK (ms >= 0),
                PRIMARY KEY (node_id, seq),
                FOREIGN KEY (node_id) REFERENCES node (id)
            )
            """,
            "CREATE INDEX node_history_by_time ON node_history (node_id, at)",
            "CREATE INDEX node_history_by_age ON node_history (at)",
        ])

    /// Which house key hashed it: under another one it can never be known again. NULL: the one of the time when this column came, which is
    /// filled in before that changes.
    private static let keyMarks = Migration(
        10, "keys: the mark of the house key that hashed them", ["ALTER TABLE gateway_key ADD COLUMN house_mark VARBINARY(32)"])
}
