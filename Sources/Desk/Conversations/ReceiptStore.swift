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
    static func store(_ receipt: Receipt, in conversation: Conversation, on connection: any SQLConnection) throws {
        let feed = try FeedStore.top(of: conversation.workspace, on: connection)
        let author = receipt.by.columns
        let changed = try connection.execute(
            """
            UPDATE receipt SET delivered_seq = ?, read_seq = ?, read_customer_messages = ?, feed_seq = ?
                WHERE conversation_id = ? AND participant_type = ? AND participant_id = ?
            """, receipt.delivered, receipt.read, receipt.readCustomerMessages, feed, conversation.id, author.type, author.id)
        guard changed == 0 else { return }
        try connection.execute(
            """
            INSERT INTO receipt (conversation_id, participant_type, participant_id, delivered_seq, read_seq, read_customer_messages, feed_seq)
                VALUES (?, ?, ?, ?, ?, ?, ?)
            """, conversation.id, author.type, author.id, receipt.delivered, receipt.read, receipt.readCustomerMessages, feed)
    }

    /// All receipts of a conversation; names are not kept with them.
    static func receipts(in conversation: ConversationID, on connection: any SQLConnection) throws -> [Receipt] {
        try connection.rows(
            """
            SELECT participant_type, participant_id, delivered_seq, read_seq, read_customer_messages FROM receipt
                WHERE conversation_id = ? ORDER BY participant_type, participant_id
            """, conversation
        ).map { row in
            let isCustomer = try row.get(0, as: String.self) == "customer"
            let author: Author = isCustomer ? .customer(try row.get(1), name: "") : .member(try row.get(1), name: "")
            return Receipt(by: author, delivered: try row.get(2), read: try row.get(3), readCustomerMessages: try row.get(4))
        }
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
