package import Vocabulary

/// Who caused an event, with the name that was shown at the time.
package enum Author: Hashable, Sendable {
    case member(MemberID, name: String)
    case customer(CustomerID, name: String)
    case system
}

/// What happened in a conversation.
package enum EventBody: Hashable, Sendable {
    case message(text: String)
    case note(text: String)
    case assigned(member: MemberID?, name: String?)
    case resolved
    case reopened

    /// The name on the wire and in the database.
    package var kind: String {
        switch self {
        case .message: "message"
        case .note: "note"
        case .assigned: "assigned"
        case .resolved: "resolved"
        case .reopened: "reopened"
        }
    }

    /// May the customer see it?
    package var isPublic: Bool {
        switch self {
        case .message, .resolved, .reopened: true
        case .note, .assigned: false
        }
    }
}

/// Anything durable in a conversation, numbered densely in commit order (sync-protocol §1).
package struct ConversationEvent: Hashable, Sendable {
    package let id: EventID
    /// From 1, dense in its conversation.
    package let seq: Int64
    /// Public events up to and including this one: the customer's number for it when it is public.
    package let pubSeq: Int64
    package let at: Timestamp
    package let by: Author
    /// The sender's own id for it; nil for what the system wrote.
    package let clientID: ULID?
    package let body: EventBody

    package init(id: EventID, seq: Int64, pubSeq: Int64, at: Timestamp, by: Author, clientID: ULID?, body: EventBody) {
        self.id = id
        self.seq = seq
        self.pubSeq = pubSeq
        self.at = at
        self.by = by
        self.clientID = clientID
        self.body = body
    }
}

/// For whom numbers and fields are written: customers see public numbers only (sync-protocol §1).
package enum Audience: Hashable, Sendable {
    case staff, customer
}

extension ConversationEvent {
    /// The number that `audience` knows this event by.
    package func number(for audience: Audience) -> Int64 {
        audience == .staff ? seq : pubSeq
    }

    package func write(to writer: inout JSONWriter, for audience: Audience) {
        writer.object { writer in
            writer.member("seq", number(for: audience))
            if audience == .staff { writer.member("pubSeq", pubSeq) }
            writer.member("id", id)
            writer.member("kind", body.kind)
            writer.member("at", at)
            writer.name("by")
            by.write(to: &writer)
            if let clientID { writer.member("clientID", clientID.description) }
            writer.name("body")
            body.write(to: &writer)
        }
    }
}

extension Author {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .member(let id, let name):
                writer.member("type", "member")
                writer.member("id", id)
                writer.member("name", name)
            case .customer(let id, let name):
                writer.member("type", "customer")
                writer.member("id", id)
                writer.member("name", name)
            case .system:
                writer.member("type", "system")
            }
        }
    }
}

extension EventBody {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .message(let text), .note(let text):
                writer.member("text", text)
            case .assigned(let member, let name):
                writer.member("member", member)
                writer.member("name", name)
            case .resolved, .reopened:
                break
            }
        }
    }
}
