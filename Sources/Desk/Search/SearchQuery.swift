import DeskProtocol
import Storage
import Vocabulary

/// A search as SQL.
struct SearchQuery {
    /// A hit of the index with its conversation, as the member may see it.
    struct Found: Sendable {
        let id: Int64
        let seq: Int64
        let conversation: Conversation
        let customer: CustomerDetails
        let mark: ReadMark?
        /// What was said; read behind the search.
        var event: ConversationEvent?
    }

    private let match: SQLCondition
    private let scope: SQLCondition
    private let member: MemberPrincipal

    init(
        _ terms: SearchTerms, in position: SearchPosition, shop: ShopID?, member: MemberPrincipal, on connection: any SQLConnection
    ) throws {
        self.member = member
        match = connection.matching(terms.query(in: position.number), in: "w.words")
        scope = try .conversations(of: member, shop: shop, on: connection)
    }

    /// A window of the index: the newest hits before `place`.
    private var window: String {
        "SELECT w.\"rowid\" AS id FROM search_words w WHERE \(match.text) AND w.\"rowid\" < ? ORDER BY w.\"rowid\" DESC LIMIT ?"
    }

    func rows(before place: Int64, window size: Int, limit: Int, on connection: any SQLConnection) throws -> [Found] {
        try connection.rows(
            """
            SELECT \(ConversationStore.columns), r.read_seq, r.read_customer_messages, e.id, e.seq, u.email
                FROM (\(window)) found JOIN search_entry e ON e.id = found.id JOIN conversation c ON c.id = e.conversation_id
                JOIN customer u ON u.id = c.customer_id \(ReceiptStore.memberMarks)
                WHERE \(scope.text) ORDER BY e.id DESC LIMIT ?
            """,
            match.arguments + [.integer(place), size.sqlValue, member.member.sqlValue] + scope.arguments + [limit.sqlValue]
        ).map { row in
            let conversation = try ConversationStore.conversation(from: row)
            return Found(
                id: try row.get(17), seq: try row.get(18), conversation: conversation,
                customer: CustomerDetails(name: conversation.customerName, email: try row.get(19)),
                mark: try ReadMark(of: conversation.id, in: row, at: 15))
        }
    }

    /// Where a window ends; nil when nothing lies beyond it.
    func end(before place: Int64, window size: Int, on connection: any SQLConnection) throws -> Int64? {
        let row = try connection.row(
            "SELECT COUNT(*), MIN(id) FROM (\(window)) found", match.arguments + [.integer(place), size.sqlValue])
        guard let row, try row.get(0, as: Int.self) == size else { return nil }
        return try row.get(1)
    }
}

extension SearchQuery.Found {
    mutating func readEvent(on connection: any SQLConnection) throws {
        guard seq > 0 else { return }
        event = try EventStore.events(of: conversation.id, after: seq - 1, limit: 1, for: .staff, on: connection).first
    }

    /// As people see it; nil when the event is not there any more.
    func hit(_ terms: SearchTerms) -> Search.Hit? {
        guard seq > 0 else { return hit(terms, of: customer.searchable, kind: "customer", at: indexedAt, by: nil) }
        guard let event, event.seq == seq, let text = event.body.text else { return nil }
        return hit(terms, of: text, kind: event.body.kind, at: event.at, by: event.by)
    }

    private func hit(_ terms: SearchTerms, of text: String, kind: String, at time: Timestamp, by author: Author?) -> Search.Hit {
        Search.Hit(
            row: conversation.row, seq: seq, kind: kind, at: time, by: author, excerpt: Excerpt(of: text, marks: terms.marks(in: text)))
    }

    /// The time that its place in the index stands for.
    private var indexedAt: Timestamp { Timestamp(milliseconds: id >> 20) }
}
