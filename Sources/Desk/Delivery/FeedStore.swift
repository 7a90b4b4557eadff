import DeskProtocol
import Storage
import Vocabulary

/// The staff's feed in the database: one dense number per workspace, given out under the counter row's lock.
enum FeedStore {
    /// Notes that a conversation changed, and the events that the change brought.
    static func append(
        conversation: Conversation, events: [ConversationEvent], at time: Timestamp, on connection: any SQLConnection
    ) throws -> Int64 {
        try append(
            workspace: conversation.workspace, shop: conversation.shop, conversation: conversation.id,
            events: (events.first?.seq, events.last?.seq), isRestaffing: false, at: time, on: connection)
    }

    /// Notes that a shop changed.
    /// - Parameter isRestaffing: whether somebody gained or lost the right to see it.
    static func append(shop: Shop, isRestaffing: Bool, at time: Timestamp, on connection: any SQLConnection) throws -> Int64 {
        try append(
            workspace: shop.workspace, shop: shop.id, conversation: nil, events: (nil, nil), isRestaffing: isRestaffing, at: time,
            on: connection)
    }

    private static func append(
        workspace: WorkspaceID, shop: ShopID, conversation: ConversationID?, events: (first: Int64?, last: Int64?), isRestaffing: Bool,
        at time: Timestamp, on connection: any SQLConnection
    ) throws -> Int64 {
        let seq = try next(in: workspace, on: connection)
        try connection.execute(
            """
            INSERT INTO feed (workspace_id, seq, shop_id, conversation_id, first_event, last_event, is_restaffing, at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, workspace, seq, shop, conversation, events.first, events.last, isRestaffing, time)
        return seq
    }

    private static func next(in workspace: WorkspaceID, on connection: any SQLConnection) throws -> Int64 {
        // To its end, not just to its first row: only then SQLite takes the statement for done.
        let raised = try connection.rows(
            "UPDATE feed_counter SET last_seq = last_seq + 1 WHERE workspace_id = ? RETURNING last_seq", workspace)
        if let row = raised.first { return try row.get(0) }
        try connection.execute("INSERT INTO feed_counter (workspace_id, last_seq, trimmed_seq) VALUES (?, 1, 0)", workspace)
        return 1
    }

    static func top(of workspace: WorkspaceID, on connection: any SQLConnection) throws -> Int64 {
        try connection.row("SELECT last_seq FROM feed_counter WHERE workspace_id = ?", workspace)?.get(0) ?? 0
    }

    /// The last numbers of a workspace's feed and receipts.
    static func tops(of workspace: WorkspaceID, on connection: any SQLConnection) throws -> (feed: Int64, receipts: Int64) {
        let row = try connection.row("SELECT last_seq, last_receipt FROM feed_counter WHERE workspace_id = ?", workspace)
        guard let row else { return (0, 0) }
        return (try row.get(0), try row.get(1))
    }

    /// Gives a workspace's next receipt its number, and says where the feed stands.
    static func numberReceipt(
        in workspace: WorkspaceID, on connection: any SQLConnection
    ) throws -> (feed: Int64, receipts: Int64) {
        try connection.execute("UPDATE feed_counter SET last_receipt = last_receipt + 1 WHERE workspace_id = ?", workspace)
        return try tops(of: workspace, on: connection)
    }

    /// Everything up to this number was trimmed.
    static func trimmed(of workspace: WorkspaceID, on connection: any SQLConnection) throws -> Int64 {
        try connection.row("SELECT trimmed_seq FROM feed_counter WHERE workspace_id = ?", workspace)?.get(0) ?? 0
    }

    /// Did a shop's staff change beyond `cursor`?
    static func hasRestaffing(in workspace: WorkspaceID, after cursor: Int64, on connection: any SQLConnection) throws -> Bool {
        try connection.row(
            "SELECT 1 FROM feed WHERE workspace_id = ? AND seq > ? AND is_restaffing = 1 LIMIT 1", workspace, cursor) != nil
    }

    /// At most `limit` items beyond `after`, with the rows as they are now and what `scope` may not see hidden.
    static func items(
        of workspace: WorkspaceID, after: Int64, limit: Int, scope: ShopScope, on connection: any SQLConnection
    ) throws -> [FeedItem] {
        try entries(of: workspace, after: after, limit: limit, on: connection).map { entry in
            guard scope.contains(entry.shop) else { return FeedItem(seq: entry.number, change: .hidden) }
            return FeedItem(seq: entry.number, change: entry.conversation.map { .conversation($0.row) } ?? .shop(entry.shop))
        }
    }

    /// One number of the feed as it is stored, with its conversation as that is now.
    struct Entry: Sendable {
        let number: Int64
        let workspace: WorkspaceID
        let shop: ShopID
        let conversation: Conversation?
        let isRestaffing: Bool
    }

    /// At most `limit` entries beyond `after`, rising.
    static func entries(of workspace: WorkspaceID, after: Int64, limit: Int, on connection: any SQLConnection) throws -> [Entry] {
        try connection.rows(
            """
            SELECT \(ConversationStore.columns), f.seq, f.shop_id, f.conversation_id, f.is_restaffing FROM feed f
                LEFT JOIN conversation c ON c.id = f.conversation_id LEFT JOIN customer u ON u.id = c.customer_id
                WHERE f.workspace_id = ? AND f.seq > ? ORDER BY f.seq LIMIT ?
            """, workspace, after, limit
        ).map { row in
            let isConversation = try row.get(17, as: String?.self) != nil
            return Entry(
                number: try row.get(15), workspace: workspace, shop: try row.get(16),
                conversation: isConversation ? try ConversationStore.conversation(from: row) : nil, isRestaffing: try row.get(18))
        }
    }

    /// The last numbers of every workspace's feed and receipts.
    static func tops(on connection: any SQLConnection) throws -> [(workspace: WorkspaceID, feed: Int64, receipts: Int64)] {
        try connection.rows("SELECT workspace_id, last_seq, last_receipt FROM feed_counter").map {
            (try $0.get(0), try $0.get(1), try $0.get(2))
        }
    }

    /// The workspaces that have a feed.
    static func workspaces(on connection: any SQLConnection) throws -> [WorkspaceID] {
        try connection.rows("SELECT workspace_id FROM feed_counter").map { try $0.get(0) }
    }

    /// Forgets at most `limit` of the oldest items that are older than `time`, and returns how many those were.
    static func trim(_ workspace: WorkspaceID, before time: Timestamp, limit: Int, on connection: any SQLConnection) throws -> Int {
        let oldest = try connection.rows("SELECT seq, at FROM feed WHERE workspace_id = ? ORDER BY seq LIMIT ?", workspace, limit)
        let expired = try oldest.prefix { try $0.get(1, as: Timestamp.self) < time }
        guard let last = expired.last else { return 0 }
        let seq: Int64 = try last.get(0)
        try connection.execute("UPDATE feed_counter SET trimmed_seq = ? WHERE workspace_id = ?", seq, workspace)
        return try connection.execute("DELETE FROM feed WHERE workspace_id = ? AND seq <= ?", workspace, seq)
    }
}
