import DeskProtocol
import Storage
import Vocabulary

/// A conversation as the indexer sees it: how far it is in the index, and what is beyond.
struct SearchThread: Sendable {
    struct Event: Sendable {
        let seq: Int64
        let at: Timestamp
        /// Nil for what is no text.
        let text: String?
    }

    let conversation: ConversationID
    let lastAt: Timestamp
    let lastSeq: Int64
    /// Up to here it is in the index.
    let seq: Int64
    /// Name and address, as they are now and as the index has them.
    let customer: String
    let indexedCustomer: String
    let customerEntry: Int64?

    /// At most `limit` events beyond `seq`, rising.
    func news(limit: Int, on connection: any SQLConnection) throws -> [Event] {
        guard seq < lastSeq else { return [] }
        return try connection.rows(
            "SELECT seq, at, kind, body FROM event WHERE conversation_id = ? AND seq > ? ORDER BY seq LIMIT ?", conversation, seq, limit
        ).map { row in
            let isText = try ["message", "note"].contains(row.get(2, as: String.self))
            return Event(seq: try row.get(0), at: try row.get(1), text: isText ? try row.get(3) : nil)
        }
    }

    static func thread(_ id: ConversationID, on connection: any SQLConnection) throws -> SearchThread? {
        try connection.row(
            """
            SELECT c.id, c.last_at, c.last_seq, COALESCE(t.seq, 0), u.name, u.email, COALESCE(t.customer_words, ''), t.customer_entry
                FROM conversation c JOIN customer u ON u.id = c.customer_id LEFT JOIN search_thread t ON t.conversation_id = c.id
                WHERE c.id = ?
            """, id
        ).map { row in
            SearchThread(
                conversation: try row.get(0), lastAt: try row.get(1), lastSeq: try row.get(2), seq: try row.get(3),
                customer: CustomerDetails(name: try row.get(4), email: try row.get(5)).searchable, indexedCustomer: try row.get(6),
                customerEntry: try row.get(7))
        }
    }

    /// What the feed's next numbers are about.
    struct Changes {
        /// Each conversation once, with the first of its numbers.
        var conversations: [(id: ConversationID, first: Int64)] = []
        var last: Int64
        /// Nothing lies beyond.
        var isAll: Bool
    }

    static func changes(after position: SearchPosition, limit: Int, on connection: any SQLConnection) throws -> Changes {
        let rows = try connection.rows(
            "SELECT seq, conversation_id FROM feed WHERE workspace_id = ? AND seq > ? ORDER BY seq LIMIT ?", position.workspace,
            position.feed, limit)
        var changes = Changes(last: try rows.last?.get(0) ?? position.feed, isAll: rows.count < limit)
        var seen: Set<ConversationID> = []
        for row in rows {
            guard let id: ConversationID = try row.get(1), seen.insert(id).inserted else { continue }
            changes.conversations.append((id, try row.get(0)))
        }
        return changes
    }

    /// The next conversations of a walk, newest first.
    static func earlier(
        _ walk: SearchPosition.Walk, in workspace: WorkspaceID, limit: Int, on connection: any SQLConnection
    ) throws -> [(id: ConversationID, at: Int64)] {
        try connection.rows(
            """
            SELECT id, last_at FROM conversation WHERE workspace_id = ? AND status = ? AND last_at <= ? AND (last_at < ? OR id < ?)
                ORDER BY last_at DESC, id DESC LIMIT ?
            """, workspace, walk.isResolved ? "resolved" : "open", walk.time, walk.time, walk.conversation, limit
        ).map { (try $0.get(0), try $0.get(1)) }
    }
}

extension CustomerDetails {
    /// What a customer is found by; one line.
    var searchable: String { email.isEmpty ? name : name.isEmpty ? email : "\(name) · \(email)" }
}
