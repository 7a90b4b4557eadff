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
        conditions = ["c.workspace_id = ?", "c.status = ?"]
        arguments = [member.workspace.sqlValue, .text(view == .resolved ? "resolved" : "open")]
        switch view {
        case .mine:
            conditions.append("c.assignee_id = ?")
            arguments.append(member.member.sqlValue)
        case .unassigned: conditions.append("c.assignee_id IS NULL")
        case .all, .resolved: break
        }
        if let shop {
            conditions.append("c.shop_id = ?")
            arguments.append(shop.sqlValue)
        }
        if case .only(let shops) = try ShopScope.of(member, on: connection) {
            conditions.append(shops.isEmpty ? "1 = 0" : "c.shop_id IN (\(shops.map { _ in "?" }.joined(separator: ", ")))")
            arguments += shops.sorted().map(\.sqlValue)
        }
    }

    private static let marks = "LEFT JOIN receipt r ON r.conversation_id = c.id AND r.participant_type = 'member' AND r.participant_id = ?"

    func rows(after cursor: Cursor?, limit: Int, on connection: any SQLConnection) throws -> [(Conversation, ReadMark?)] {
        var conditions = conditions
        var arguments = [member.member.sqlValue] + arguments
        if let keys = cursor?.keys, keys.count == 2, let time = keys.first.flatMap({ Int64($0) }), let id = keys.last {
            conditions.append("(c.last_at, c.id) < (?, ?)")
            arguments += [.integer(time), .text(id)]
        }
        arguments.append(limit.sqlValue)
        return try connection.rows(
            """
            SELECT \(ConversationStore.columns), r.read_seq, r.read_customer_messages FROM \(ConversationStore.tables) \(Self.marks)
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY c.last_at DESC, c.id DESC LIMIT ?
            """, arguments
        ).map { row in
            let conversation = try ConversationStore.conversation(from: row)
            let mark = try row.get(15, as: Int64?.self).map {
                ReadMark(conversation: conversation.id, read: $0, customerMessages: try row.get(16))
            }
            return (conversation, mark)
        }
    }

    func count(on connection: any SQLConnection) throws -> Inbox.Count {
        let row = try connection.row(
            """
            SELECT COUNT(*), COALESCE(SUM(unread), 0) FROM (
                SELECT CASE WHEN c.customer_messages > COALESCE(r.read_customer_messages, 0) THEN 1 ELSE 0 END AS unread
                    FROM conversation c \(Self.marks) WHERE \(conditions.joined(separator: " AND ")) LIMIT \(Inbox.countLimit)) counted
            """, [member.member.sqlValue] + arguments)
        return Inbox.Count(conversations: try row?.get(0) ?? 0, unread: try row?.get(1) ?? 0)
    }
}
