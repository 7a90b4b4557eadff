import Storage

/// What later releases added, in the order of its numbers.
extension GatewaySchema {
    static let later = [objects, results, rateLimits]
    /// After the fleet's.
    static let latest = [kept, openOnServers]

    /// Besides batches and files everything else that providers keep, and which key made it. SQLite can't change a CHECK: a new table takes
    /// the old one's place.
    private static let objects = Migration(
        11, "who owns what providers keep: any kind of object, and the key that made it",
        [
            """
            CREATE TABLE owned_object (
                workspace_id VARCHAR(26) NOT NULL,
                kind VARCHAR(32) NOT NULL CHECK (kind <> ''),
                id VARCHAR(200) NOT NULL CHECK (id <> ''),
                node_id VARCHAR(26) NOT NULL,
                key_id VARCHAR(26),
                created_at BIGINT NOT NULL,
                PRIMARY KEY (workspace_id, kind, id),
                FOREIGN KEY (node_id) REFERENCES node (id)
            )
            """,
            """
            INSERT INTO owned_object (workspace_id, kind, id, node_id, created_at)
                SELECT workspace_id, kind, id, node_id, created_at FROM resource_owner
            """,
            "DROP TABLE resource_owner",
            "CREATE INDEX owned_object_by_node ON owned_object (node_id)",
            "CREATE INDEX owned_object_by_id ON owned_object (id, workspace_id)",
            "CREATE INDEX owned_object_by_age ON owned_object (kind, created_at)",
        ])

    /// So that a batch's result is booked once, however often it is fetched.
    private static let results = Migration(
        12, "which results of batches are booked",
        [
            """
            CREATE TABLE booked_result (
                workspace_id VARCHAR(26) NOT NULL,
                batch_id VARCHAR(128) NOT NULL,
                name VARCHAR(128) NOT NULL,
                at BIGINT NOT NULL,
                PRIMARY KEY (workspace_id, batch_id, name)
            )
            """,
            "CREATE INDEX booked_result_by_age ON booked_result (at)",
        ])

    private static let rateLimits = Migration(
        13, "rate limits that outlive the process",
        [
            """
            CREATE TABLE rate_limit (
                workspace_id VARCHAR(26) NOT NULL,
                domain VARCHAR(96) NOT NULL CHECK (domain <> ''),
                until_at BIGINT NOT NULL,
                PRIMARY KEY (workspace_id, domain)
            )
            """
        ])

    private static let kept = Migration(
        16, "what is owed for kept objects, money that is held for batches, and what probes have spent",
        [
            // 1: what it used is booked when somebody fetches it.
            "ALTER TABLE owned_object ADD COLUMN owes INTEGER NOT NULL DEFAULT 0",
            // Nano-dollars that the key of a batch can't spend otherwise, from when it was made until its results are booked.
            "ALTER TABLE owned_object ADD COLUMN held BIGINT NOT NULL DEFAULT 0",
            // The batch that has written a file.
            "ALTER TABLE owned_object ADD COLUMN parent VARCHAR(200)",
            "CREATE TABLE probe_spending (day BIGINT NOT NULL PRIMARY KEY, spent BIGINT NOT NULL)",
        ])

    /// On a server an index of some rows is one of all: `gateway_request_open` leads to open requests only through all of a workspace's, and
    /// who looks for those of all workspaces every few seconds read the whole ledger. There they are found by their status.
    ///
    /// SQLite has its index of open requests. The condition makes this one an index of no rows there, which costs nothing.
    private static let openOnServers = Migration(
        17, "open requests are found by their status on servers too",
        ["CREATE INDEX gateway_request_by_status ON gateway_request (status, workspace_id, id) WHERE status = ''"])
}
