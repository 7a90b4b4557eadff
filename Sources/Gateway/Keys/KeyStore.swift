import Routing
import Storage
import Vocabulary

/// Keys in the database.
enum KeyStore {
    private static let columns = """
        id, workspace_id, name, prefix, scopes, models, expires_at, requests_per_minute, tokens_per_minute, concurrency, budget_day,
        budget_month, created_at, created_by, revoked_at, last_used_at
        """
    private static let read = columns + ", COALESCE(house_mark <> (SELECT mark FROM house_key), 0)"

    /// - Throws: `GatewayError.keyNameTaken`.
    static func insert(_ key: GatewayKey, hash: KeyHash, on connection: any SQLConnection) throws {
        let limits = key.limits
        try named {
            try connection.execute(
                """
                INSERT INTO gateway_key (\(columns), live_name, hash, house_mark)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT mark FROM house_key))
                """, key.id,
                key.workspace, key.name, key.prefix, scopes(of: key), models(of: key), key.expiresAt,
                limits.requestsPerMinute, limits.tokensPerMinute, limits.concurrency, limits.moneyPerDay,
                limits.moneyPerMonth, key.createdAt, key.createdBy, key.revokedAt, key.lastUsedAt, key.name, hash)
        }
    }

    /// - Throws: `GatewayError.keyNameTaken`.
    static func update(_ key: GatewayKey, on connection: any SQLConnection) throws {
        let limits = key.limits
        let liveName = key.revokedAt == nil ? key.name : nil
        try named {
            try connection.execute(
                """
                UPDATE gateway_key SET name = ?, live_name = ?, scopes = ?, models = ?, expires_at = ?, requests_per_minute = ?,
                    tokens_per_minute = ?, concurrency = ?, budget_day = ?, budget_month = ?, revoked_at = ? WHERE id = ?
                """, key.name, liveName, scopes(of: key), models(of: key), key.expiresAt, limits.requestsPerMinute,
                limits.tokensPerMinute, limits.concurrency, limits.moneyPerDay, limits.moneyPerMonth, key.revokedAt, key.id)
        }
    }

    static func used(_ id: KeyID, at time: Timestamp, on connection: any SQLConnection) throws {
        // Another instance may have seen it later.
        try connection.execute(
            "UPDATE gateway_key SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)", time, id, time)
    }

    static func key(_ id: KeyID, in workspace: WorkspaceID, on connection: any SQLConnection) throws -> GatewayKey? {
        try connection.row("SELECT \(read) FROM gateway_key WHERE id = ? AND workspace_id = ?", id, workspace).map(key(from:))
    }

    /// The one of this name that is not revoked.
    static func key(named name: String, in workspace: WorkspaceID, on connection: any SQLConnection) throws -> GatewayKey? {
        try connection.row("SELECT \(read) FROM gateway_key WHERE workspace_id = ? AND live_name = ?", workspace, name).map(key(from:))
    }

    /// Newest first, made before the key `before`.
    static func keys(of workspace: WorkspaceID, before: String, limit: Int, on connection: any SQLConnection) throws -> [GatewayKey] {
        try connection.rows(
            "SELECT \(read) FROM gateway_key WHERE workspace_id = ? AND id < ? ORDER BY id DESC LIMIT ?", workspace, before, limit
        ).map(key(from:))
    }

    static func activeCount(of workspace: WorkspaceID, on connection: any SQLConnection) throws -> Int {
        try connection.row("SELECT COUNT(*) FROM gateway_key WHERE workspace_id = ? AND revoked_at IS NULL", workspace)?.get(0) ?? 0
    }

    /// Of all workspaces, with their hashes.
    static func active(on connection: any SQLConnection) throws -> [(hash: KeyHash, key: GatewayKey)] {
        try connection.rows("SELECT \(read), hash FROM gateway_key WHERE revoked_at IS NULL").map { row in
            (try row.get(17), try key(from: row))
        }
    }

    private static func named(_ body: () throws -> Int) throws {
        do {
            _ = try body()
        } catch StorageError.duplicate(let constraint) where constraint.contains("live_name") {
            throw GatewayError.keyNameTaken
        }
    }

    private static func scopes(of key: GatewayKey) -> String {
        key.scopes.sorted().map(\.rawValue).joined(separator: " ")
    }

    /// Patterns hold no white space.
    private static func models(of key: GatewayKey) -> String {
        key.models.map(\.text).joined(separator: " ")
    }

    private static func key(from row: Row) throws -> GatewayKey {
        let scopes: String = try row.get(4)
        let models: String = try row.get(5)
        return GatewayKey(
            id: try row.get(0), workspace: try row.get(1), name: try row.get(2), prefix: try row.get(3),
            scopes: Set(scopes.split(separator: " ").compactMap { KeyScope(rawValue: String($0)) }),
            models: models.split(separator: " ").compactMap { ModelPattern(String($0)) }, expiresAt: try row.get(6),
            limits: KeyAllowance(
                requestsPerMinute: try row.get(7), tokensPerMinute: try row.get(8), concurrency: try row.get(9),
                moneyPerDay: try row.get(10),
                moneyPerMonth: try row.get(11)),
            createdAt: try row.get(12), createdBy: try row.get(13), revokedAt: try row.get(14),
            lastUsedAt: try row.get(15), isLost: try row.get(16))
    }
}
