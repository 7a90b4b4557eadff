package import DeskProtocol
import Storage
package import Vocabulary

/// The staff's lists of conversations.
package struct Inbox: Sendable {
    /// Which conversations a list shows.
    package enum View: String, Sendable, CaseIterable {
        case mine, unassigned, all, resolved
    }

    /// A page, read in one transaction with the feed's number.
    package struct Listing: Sendable {
        package let epoch: String
        package let feed: Int64
        package let page: Page<ListRow>
        package let marks: [ReadMark]
    }

    /// How many conversations a list has, and how many of them hold something unread: exact below `countLimit`.
    package struct Count: Hashable, Sendable {
        package let conversations: Int
        package let unread: Int
    }

    /// Counting stops here: a count over a hundred thousand rows would be slower than the list itself.
    package static let countLimit = 1_000

    let database: any Database
    let epoch: String

    /// Newest first.
    package func list(_ view: View, shop: ShopID?, after cursor: Cursor?, limit: Int, for member: MemberPrincipal) async throws -> Listing {
        let epoch = epoch
        return try await database.read { connection in
            let query = try InboxQuery(view: view, shop: shop, member: member, on: connection)
            let rows = try query.rows(after: cursor, limit: limit + 1, on: connection)
            let shown = rows.prefix(limit)
            let next = rows.count > limit ? shown.last.map { Cursor([String($0.0.lastAt.milliseconds), $0.0.id.description]) } : nil
            return Listing(
                epoch: epoch, feed: try FeedStore.top(of: member.workspace, on: connection),
                page: Page(items: shown.map(\.0.row), next: next), marks: shown.compactMap(\.1))
        }
    }

    package func counts(for member: MemberPrincipal) async throws -> [View: Count] {
        try await database.read { connection in
            try View.allCases.reduce(into: [:]) { counts, view in
                counts[view] = try InboxQuery(view: view, shop: nil, member: member, on: connection).count(on: connection)
            }
        }
    }
}

/// One list as SQL.
private struct InboxQuery {
    private var conditions: [String]
    private var arguments: [SQLValue]
    private let member: MemberPrincipal

    init(view: Inbox.View, shop: ShopID?, member: MemberPrincipal, on connection: any SQLConnection) throws {
        self.member = member
        let scope = try SQLCondition.conversations(of: member, shop: shop, on: connection)
        conditions = [scope.text, "c.status = ?"]
        arguments = scope.arguments + [.text(view == .resolved ? "resolved" : "open")]
        switch view {
        case .mine:
            conditions.append("c.assignee_id = ?")
            arguments.append(member.member.sqlValue)
        case .unassigned: conditions.append("c.assignee_id IS NULL")
        case .all, .resolved: break
        }
    }

    func rows(after cursor: Cursor?, limit: Int, on connection: any SQLConnection) throws -> [(Conversation, ReadMark?)] {
        var conditions = conditions
        var arguments = [member.member.sqlValue] + arguments
        if let keys = cursor?.keys, keys.count == 2, let time = keys.first.flatMap({ Int64($0) }), let id = keys.last {
            // `(last_at, id) < (?, ?)` is the same, and has MySQL walk the whole list up to there.
            conditions.append("c.last_at <= ? AND (c.last_at < ? OR c.id < ?)")
            arguments += [.integer(time), .integer(time), .text(id)]
        }
        arguments.append(limit.sqlValue)
        return try connection.rows(
            """
            SELECT \(ConversationStore.columns), r.read_seq, r.read_customer_messages FROM \(ConversationStore.tables) \(ReceiptStore.memberMarks)
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY c.last_at DESC, c.id DESC LIMIT ?
            """, arguments
        ).map { row in
            let conversation = try ConversationStore.conversation(from: row)
            return (conversation, try ReadMark(of: conversation.id, in: row, at: 15))
        }
    }

    func count(on connection: any SQLConnection) throws -> Inbox.Count {
        let row = try connection.row(
            """
            SELECT COUNT(*), COALESCE(SUM(unread), 0) FROM (
                SELECT CASE WHEN c.customer_messages > COALESCE(r.read_customer_messages, 0) THEN 1 ELSE 0 END AS unread
                    FROM conversation c \(ReceiptStore.memberMarks) WHERE \(conditions.joined(separator: " AND ")) LIMIT \(Inbox.countLimit)) counted
            """, [member.member.sqlValue] + arguments)
        return Inbox.Count(conversations: try row?.get(0) ?? 0, unread: try row?.get(1) ?? 0)
    }
}
