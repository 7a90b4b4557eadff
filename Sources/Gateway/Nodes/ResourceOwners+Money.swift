import Routing
import Storage
import Vocabulary

// What is owed and held for what providers keep.
extension ResourceOwners {
    /// True once: whoever gets it books what the object used, in the same transaction.
    static func takeDebt(of id: String, _ kind: Kind, in workspace: WorkspaceID, on connection: any SQLConnection) throws -> Bool {
        try connection.execute(
            "UPDATE owned_object SET owes = 0 WHERE workspace_id = ? AND kind = ? AND id = ? AND owes = 1", workspace, kind.name, id) > 0
    }

    /// Money that is held for batches.
    struct Hold: Hashable, Sendable {
        let key: KeyID
        /// Nano-dollars.
        let amount: Int64
        let madeAt: Timestamp
    }

    /// Gives up what is held for a batch. Nil when nothing is, any more.
    static func takeHold(of batch: String, in workspace: WorkspaceID, on connection: any SQLConnection) throws -> Hold? {
        let place = "WHERE workspace_id = ? AND kind IN (?, ?) AND id = ? AND held > 0"
        let arguments: [SQLValue] = [workspace.sqlValue, .text(Kind.batch.name), .text(Kind.openAIBatch.name), .text(batch)]
        guard let row = try connection.row("SELECT key_id, held, created_at FROM owned_object \(place)", arguments) else { return nil }
        try connection.execute("UPDATE owned_object SET held = 0 \(place)", arguments)
        guard let key = try row.get(0, as: KeyID?.self) else { return nil }
        return Hold(key: key, amount: try row.get(1), madeAt: try row.get(2))
    }

    /// What is held since `time`.
    func holds(since time: Timestamp) async throws -> [Hold] {
        try await database.read { try Self.holds(since: time, on: $0) }
    }

    /// - Parameter key: nil: of all keys.
    static func holds(of key: KeyID? = nil, since time: Timestamp, on connection: any SQLConnection) throws -> [Hold] {
        let select = "SELECT key_id, held, created_at FROM owned_object WHERE kind IN (?, ?) AND created_at >= ? AND held > 0"
        let kinds: [SQLValue] = [.text(Kind.batch.name), .text(Kind.openAIBatch.name), time.sqlValue]
        let rows =
            if let key { try connection.rows("\(select) AND key_id = ?", kinds + [key.sqlValue]) } else {
                try connection.rows("\(select) AND key_id IS NOT NULL", kinds)
            }
        return try rows.map { Hold(key: try $0.get(0), amount: try $0.get(1), madeAt: try $0.get(2)) }
    }
}
