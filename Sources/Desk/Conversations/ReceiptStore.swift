import DeskProtocol
import Storage
package import Vocabulary

/// Receipts in the database.
enum ReceiptStore {
    static func receipt(of author: Author, in conversation: ConversationID, on connection: any SQLConnection) throws -> Receipt {
        let row = try connection.row(
            """
            SELECT delivered_seq, read_seq, read_customer_messages FROM receipt
                WHERE conversation_id = ? AND participant_type = ? AND participant_id = ?
            """, conversation, author.columns.type, author.columns.id)
        guard let row else { return Receipt(by: author, delivered: 0, read: 0, readCustomerMessages: 0) }
        return Receipt(by: author, delivered: try row.get(0), read: try row.get(1), readCustomerMessages: try row.get(2))
    }

    /// Keeps the feed's present number with it: a member that was away gets every mark made since its cursor.
    /// - Returns: the number that the receipt got in its workspace.
    static func store(_ receipt: Receipt, in conversation: Conversation, on connection: any SQLConnection) throws -> Int64 {
        let (feed, number) = try FeedStore.numberReceipt(in: conversation.workspace, on: connection)
        let author = receipt.by.columns
        let changed = try connection.execute(
            """
            UPDATE receipt SET delivered_seq = ?, read_seq = ?, read_customer_messages = ?, feed_seq = ?, workspace_id = ?, number = ?
                WHERE conversation_id = ? AND participant_type = ? AND participant_id = ?
            """, receipt.delivered, receipt.read, receipt.readCustomerMessages, feed, conversation.workspace, number, conversation.id,
            author.type, author.id)
        guard changed == 0 else { return number }
        try connection.execute(
            """
            INSERT INTO receipt (conversation_id, participant_type, participant_id, delivered_seq, read_seq, read_customer_messages,
                feed_seq, workspace_id, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, conversation.id, author.type, author.id, receipt.delivered, receipt.read, receipt.readCustomerMessages, feed,
            conversation.workspace, number)
        return number
    }

    /// Receipts that rose beyond the number `after`, by their numbers, at most `limit`: each as it is now.
    static func risen(
        in workspace: WorkspaceID, after: Int64, limit: Int, on connection: any SQLConnection
    ) throws -> [(number: Int64, receipt: Receipt, conversation: ConversationID)] {
        try connection.rows(
            """
            SELECT number, conversation_id, participant_type, participant_id, delivered_seq, read_seq, read_customer_messages FROM receipt
                WHERE workspace_id = ? AND number > ? ORDER BY number LIMIT ?
            """, workspace, after, limit
        ).map { (try $0.get(0), try receipt(from: $0, at: 2), try $0.get(1)) }
    }

    /// All receipts of a conversation; names are not kept with them.
    static func receipts(in conversation: ConversationID, on connection: any SQLConnection) throws -> [Receipt] {
        try connection.rows(
            """
            SELECT participant_type, participant_id, delivered_seq, read_seq, read_customer_messages FROM receipt
                WHERE conversation_id = ? ORDER BY participant_type, participant_id
            """, conversation
        ).map { try receipt(from: $0, at: 0) }
    }

    /// - Parameter place: of the participant's type; id and marks follow it.
    private static func receipt(from row: Row, at place: Int) throws -> Receipt {
        let isCustomer = try row.get(place, as: String.self) == "customer"
        let author: Author = isCustomer ? .customer(try row.get(place + 1), name: "") : .member(try row.get(place + 1), name: "")
        return Receipt(
            by: author, delivered: try row.get(place + 2), read: try row.get(place + 3), readCustomerMessages: try row.get(place + 4))
    }

    /// What a member read, in conversations where that changed at or after the feed number `since`.
    static func marks(of member: MemberID, since: Int64, limit: Int, on connection: any SQLConnection) throws -> [ReadMark] {
        try connection.rows(
            """
            SELECT conversation_id, read_seq, read_customer_messages FROM receipt WHERE participant_id = ? AND feed_seq >= ?
                ORDER BY feed_seq LIMIT ?
            """, member, since, limit
        ).map { ReadMark(conversation: try $0.get(0), read: try $0.get(1), customerMessages: try $0.get(2)) }
    }
}

/// How far a member read one conversation.
package struct ReadMark: Hashable, Sendable {
    package let conversation: ConversationID
    package let read: Int64
    package let customerMessages: Int64
}

extension ReceiptStore {
    /// Joins a member's own receipts, `r`, to conversations `c`; takes the member's id.
    static let memberMarks = "LEFT JOIN receipt r ON r.conversation_id = c.id AND r.participant_type = 'member' AND r.participant_id = ?"
}

extension ReadMark {
    /// From `r.read_seq, r.read_customer_messages` at `column`; nil where the member has none.
    init?(of conversation: ConversationID, in row: Row, at column: Int) throws {
        guard let read: Int64 = try row.get(column) else { return nil }
        self.init(conversation: conversation, read: read, customerMessages: try row.get(column + 1))
    }
}
