import DeskProtocol
import Storage
import Vocabulary

/// Conversations in the database.
enum ConversationStore {
    static let columns = """
        c.id, c.workspace_id, c.shop_id, c.customer_id, u.name, c.status, c.assignee_id, c.version, c.last_seq, c.last_pub_seq, \
        c.customer_messages, c.last_at, c.last_kind, c.last_by_customer, c.last_text
        """
    static let tables = "conversation c JOIN customer u ON u.id = c.customer_id"

    static func conversation(_ id: ConversationID, on connection: any SQLConnection) throws -> Conversation? {
        try connection.row("SELECT \(columns) FROM \(tables) WHERE c.id = ?", id).map(conversation(from:))
    }

    static func conversation(of customer: CustomerID, on connection: any SQLConnection) throws -> Conversation? {
        try connection.row("SELECT \(columns) FROM \(tables) WHERE c.customer_id = ?", customer).map(conversation(from:))
    }

    /// Stores what was decided and returns the conversation with its new version.
    static func store(_ acceptance: Acceptance, on connection: any SQLConnection) throws -> Change {
        var conversation = acceptance.conversation
        conversation.version = try FeedStore.append(
            conversation: conversation, events: acceptance.events, at: conversation.lastAt, on: connection)
        let isNew = conversation.lastSeq == Int64(acceptance.events.count)
        if isNew { try insert(conversation, on: connection) } else { try update(conversation, on: connection) }
        try EventStore.append(acceptance.events, to: conversation, on: connection)
        return Change(conversation: conversation, events: acceptance.events)
    }

    /// Gives the row a new version, because something that it shows changed elsewhere.
    static func touch(_ conversation: Conversation, at time: Timestamp, on connection: any SQLConnection) throws -> Change {
        var conversation = conversation
        conversation.version = try FeedStore.append(conversation: conversation, events: [], at: time, on: connection)
        try update(conversation, on: connection)
        return Change(conversation: try self.conversation(conversation.id, on: connection) ?? conversation, events: [])
    }

    private static func insert(_ conversation: Conversation, on connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO conversation (id, workspace_id, shop_id, customer_id, status, assignee_id, version, last_seq, last_pub_seq,
                customer_messages, last_at, last_kind, last_by_customer, last_text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, conversation.id, conversation.workspace, conversation.shop, conversation.customer, conversation.status,
            conversation.assignee, conversation.version, conversation.lastSeq, conversation.lastPubSeq, conversation.customerMessages,
            conversation.lastAt, conversation.lastKind, conversation.lastByCustomer, conversation.lastText)
    }

    private static func update(_ conversation: Conversation, on connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE conversation SET status = ?, assignee_id = ?, version = ?, last_seq = ?, last_pub_seq = ?, customer_messages = ?,
                last_at = ?, last_kind = ?, last_by_customer = ?, last_text = ? WHERE id = ?
            """, conversation.status, conversation.assignee, conversation.version, conversation.lastSeq, conversation.lastPubSeq,
            conversation.customerMessages, conversation.lastAt, conversation.lastKind, conversation.lastByCustomer, conversation.lastText,
            conversation.id)
    }

    static func conversation(from row: Row) throws -> Conversation {
        Conversation(
            id: try row.get(0), workspace: try row.get(1), shop: try row.get(2), customer: try row.get(3), customerName: try row.get(4),
            isResolved: try row.get(5, as: String.self) == "resolved", assignee: try row.get(6), version: try row.get(7),
            lastSeq: try row.get(8), lastPubSeq: try row.get(9), customerMessages: try row.get(10), lastAt: try row.get(11),
            lastKind: try row.get(12), lastByCustomer: try row.get(13), lastText: try row.get(14))
    }
}

extension Conversation {
    fileprivate var status: String { isResolved ? "resolved" : "open" }
}
