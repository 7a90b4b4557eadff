import DeskProtocol
import Storage
import Vocabulary

/// The event log in the database.
enum EventStore {
    private static let columnNames = [
        "seq", "id", "pub_seq", "kind", "at", "author_type", "author_id", "author_name", "client_id", "body", "member_id",
    ]
    private static let columns = columnNames.joined(separator: ", ")

    static func append(_ events: [ConversationEvent], to conversation: Conversation, on connection: any SQLConnection) throws {
        for (event, customerMessages) in zip(events, conversation.customerMessages(after: events)) {
            let content = event.body.columns
            let author = event.by.columns
            try connection.execute(
                """
                INSERT INTO event (conversation_id, seq, id, pub_seq, is_public, customer_messages, kind, at, author_type, author_id,
                    author_name, client_id, body, member_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, conversation.id, event.seq, event.id, event.pubSeq, event.body.isPublic, customerMessages, event.body.kind,
                event.at, author.type, author.id, author.name, event.clientID?.description, content.text, content.member)
        }
    }

    /// What `author` stored earlier under `clientID`.
    static func event(
        clientID: ULID, by author: Author, in conversation: ConversationID, on connection: any SQLConnection
    ) throws -> ConversationEvent? {
        try connection.row(
            "SELECT \(columns) FROM event WHERE conversation_id = ? AND author_id = ? AND client_id = ?", conversation, author.columns.id,
            clientID.description
        ).map(event(from:))
    }

    /// At most `limit` events beyond `after`, rising, in the numbers of `audience`.
    static func events(
        of conversation: ConversationID, after: Int64, limit: Int, for audience: Audience, on connection: any SQLConnection
    ) throws -> [ConversationEvent] {
        try connection.rows(
            // A public number is never above its seq: the first bound lets the index skip what is surely older.
            "SELECT \(columns) FROM event WHERE conversation_id = ? AND seq > ? AND \(audience.condition) > ? ORDER BY seq LIMIT ?",
            conversation, after, after, limit
        ).map(event(from:))
    }

    /// The `limit` newest events below `before`, rising.
    static func events(
        of conversation: ConversationID, before: Int64, limit: Int, for audience: Audience, on connection: any SQLConnection
    ) throws -> [ConversationEvent] {
        try connection.rows(
            "SELECT \(columns) FROM event WHERE conversation_id = ? AND \(audience.condition) < ? ORDER BY seq DESC LIMIT ?", conversation,
            before, limit
        ).map(event(from:)).reversed()
    }

    /// The events that the feed's `numbers`, which are rising, brought: by number, each in order.
    static func events(
        ofFeed workspace: WorkspaceID, _ numbers: [Int64], on connection: any SQLConnection
    ) throws -> [Int64: [ConversationEvent]] {
        guard let first = numbers.first, let last = numbers.last else { return [:] }
        return try connection.rows(
            """
            SELECT \(columnNames.map { "e.\($0)" }.joined(separator: ", ")), f.seq FROM feed f
                JOIN event e ON e.conversation_id = f.conversation_id AND e.seq >= f.first_event AND e.seq <= f.last_event
                WHERE f.workspace_id = ? AND f.seq >= ? AND f.seq <= ? ORDER BY f.seq, e.seq
            """, workspace, first, last
        ).reduce(into: [:]) { events, row in events[try row.get(11), default: []].append(try event(from: row)) }
    }

    /// Did somebody else than `author` do something beyond `number` that `author` may see?
    static func hasNews(for author: Author, after number: Int64, in conversation: ConversationID, on connection: any SQLConnection) throws
        -> Bool
    {
        try connection.row(
            """
            SELECT 1 FROM event WHERE conversation_id = ? AND seq > ? AND \(author.audience.condition) > ?
                AND author_type <> 'system' AND author_id <> ? LIMIT 1
            """, conversation, number, number, author.columns.id) != nil
    }

    /// Where a number of `audience` stands in the log: its `seq`, the public number there and the customer's messages up to it. Zeros below 1.
    static func place(
        of number: Int64, for audience: Audience, in conversation: ConversationID, on connection: any SQLConnection
    ) throws -> (seq: Int64, customerMessages: Int64) {
        guard number > 0 else { return (0, 0) }
        let row = try connection.row(
            "SELECT seq, customer_messages FROM event WHERE conversation_id = ? AND \(audience.condition) <= ? ORDER BY seq DESC LIMIT 1",
            conversation, number)
        guard let row else { return (0, 0) }
        return (try row.get(0), try row.get(1))
    }

    /// The public number at `seq`.
    static func publicNumber(at seq: Int64, in conversation: ConversationID, on connection: any SQLConnection) throws -> Int64 {
        try connection.row("SELECT pub_seq FROM event WHERE conversation_id = ? AND seq = ?", conversation, seq)?.get(0) ?? 0
    }

    private static func event(from row: Row) throws -> ConversationEvent {
        let clientID: String? = try row.get(8)
        return ConversationEvent(
            id: try row.get(1), seq: try row.get(0), pubSeq: try row.get(2), at: try row.get(4),
            by: try Author(type: row.get(5), id: row.get(6), name: row.get(7)), clientID: clientID.flatMap { ULID($0) },
            body: try EventBody(kind: row.get(3), text: row.get(9), member: row.get(10)))
    }
}

extension Conversation {
    /// How many messages the customer had written after each of `events`, which brought this conversation to where it is.
    fileprivate func customerMessages(after events: [ConversationEvent]) -> [Int64] {
        var count = customerMessages
        let backwards = events.reversed().map { event in
            defer { if event.isCustomerMessage { count -= 1 } }
            return count
        }
        return backwards.reversed()
    }
}

extension ConversationEvent {
    fileprivate var isCustomerMessage: Bool {
        if case .customer = by, case .message = body { true } else { false }
    }
}

extension Audience {
    /// The number that this audience knows, as a condition on `event`.
    fileprivate var condition: String {
        self == .staff ? "seq" : "is_public = 1 AND pub_seq"
    }
}

extension Author {
    var columns: (type: String, id: String?, name: String) {
        switch self {
        case .member(let id, let name): ("member", id.description, name)
        case .customer(let id, let name): ("customer", id.description, name)
        case .system: ("system", nil, "")
        }
    }

    fileprivate init(type: String, id: String?, name: String) throws {
        switch (type, id) {
        case ("member", let id?): self = try .member(Self.identifier(id), name: name)
        case ("customer", let id?): self = try .customer(Self.identifier(id), name: name)
        default: self = .system
        }
    }

    private static func identifier<Subject>(_ text: String) throws -> Identifier<Subject> {
        guard let identifier = Identifier<Subject>(text) else { throw StorageError.unexpectedValue(column: 6, wanted: "identifier") }
        return identifier
    }
}

extension EventBody {
    /// The text goes into `body`; what else it says has columns of its own.
    fileprivate var columns: (text: String, member: String?) {
        switch self {
        case .message(let text), .note(let text): (text, nil)
        case .assigned(let member, let name): (name ?? "", member?.description)
        case .resolved, .reopened: ("", nil)
        }
    }

    fileprivate init(kind: String, text: String, member: String?) throws {
        switch kind {
        case "message": self = .message(text: text)
        case "note": self = .note(text: text)
        case "assigned": self = .assigned(member: member.flatMap { MemberID($0) }, name: member == nil ? nil : text)
        case "resolved": self = .resolved
        case "reopened": self = .reopened
        default: throw StorageError.unexpectedValue(column: 3, wanted: "event kind")
        }
    }
}

extension EventBody {
    /// What somebody wrote; nil for what is no text.
    var text: String? {
        switch self {
        case .message(let text), .note(let text): text
        case .assigned, .resolved, .reopened: nil
        }
    }
}
