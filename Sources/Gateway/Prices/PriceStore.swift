import Storage
import Vocabulary

/// Own prices in the database.
enum PriceStore {
    private static let columns =
        "id, pattern, effective_from, tier_above, input, output, cache_read, cache_write_5m, cache_write_1h, source"

    /// - Throws: `GatewayError.priceTaken`.
    static func insert(_ entry: PriceEntry, in workspace: WorkspaceID, at now: Timestamp, on connection: any SQLConnection) throws {
        let rates = entry.rates
        do {
            try connection.execute(
                "INSERT INTO price_entry (\(columns), workspace_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", entry.id,
                entry.match.text, entry.effectiveFrom, entry.tierAbove, rates.input, rates.output, rates.cacheRead, rates.cacheWrite5m,
                rates.cacheWrite1h, entry.source, workspace, now)
        } catch StorageError.duplicate {
            throw GatewayError.priceTaken
        }
    }

    static func entry(_ id: PriceID, in workspace: WorkspaceID, on connection: any SQLConnection) throws -> PriceEntry? {
        try connection.row("SELECT \(columns) FROM price_entry WHERE id = ? AND workspace_id = ?", id, workspace).map(entry(from:))
    }

    static func delete(_ id: PriceID, on connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM price_entry WHERE id = ?", id)
    }

    /// Newest first.
    static func entries(of workspace: WorkspaceID, on connection: any SQLConnection) throws -> [PriceEntry] {
        try connection.rows("SELECT \(columns) FROM price_entry WHERE workspace_id = ? ORDER BY id DESC", workspace).map(entry(from:))
    }

    /// All workspaces that have own prices.
    static func workspaces(on connection: any SQLConnection) throws -> [WorkspaceID] {
        try connection.rows("SELECT DISTINCT workspace_id FROM price_entry").map { try $0.get(0) }
    }

    private static func entry(from row: Row) throws -> PriceEntry {
        PriceEntry(
            id: try row.get(0), match: PriceMatch(try row.get(1)), effectiveFrom: try row.get(2), tierAbove: try row.get(3),
            rates: PriceRates(
                input: try row.get(4), output: try row.get(5), cacheRead: try row.get(6), cacheWrite5m: try row.get(7),
                cacheWrite1h: try row.get(8)),
            source: try row.get(9), isThirdParty: false, isOwn: true)
    }
}
