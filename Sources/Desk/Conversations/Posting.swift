import DeskProtocol
import Storage
import Vocabulary

/// One `send` inside its transaction.
struct Posting: Sendable {
    let send: Send
    let author: Author
    /// The member in `.assign`, looked up before the transaction.
    let assignee: MemberCard?
    let now: Timestamp

    /// How many newer events `stale` shows.
    private static let staleEvents = 10

    func perform(in conversation: Conversation, on connection: any SQLConnection) throws -> (Acknowledgement, Change?) {
        if let first = try EventStore.event(clientID: send.clientID, by: author, in: conversation.id, on: connection) {
            guard send.act.became(first.body) else {
                throw DeskError.refused(.clientIDReused, "this clientID was stored with other content")
            }
            return (acknowledgement(of: first, in: conversation, isDuplicate: true), nil)
        }
        try refuseStale(conversation, on: connection)
        try refuseUnreachableAssignee(conversation, on: connection)
        let acceptance = try conversation.accepting(
            send.act, by: author.named(in: conversation), clientID: send.clientID, assigneeName: assignee?.name, at: now)
        guard let own = acceptance.events.last else { return (unchanged(conversation), nil) }
        let change = try ConversationStore.store(acceptance, on: connection)
        return (acknowledgement(of: own, in: conversation, isDuplicate: false), change)
    }

    /// Nobody answers over a reply that they have not seen.
    private func refuseStale(_ conversation: Conversation, on connection: any SQLConnection) throws {
        guard let basedOn = send.basedOn, basedOn < conversation.top(for: author.audience) else { return }
        guard try EventStore.hasNews(for: author, after: basedOn, in: conversation.id, on: connection) else { return }
        // The first of them; the client asks for more, if there is more.
        throw DeskError.stale(
            try EventStore.events(of: conversation.id, after: basedOn, limit: Self.staleEvents, for: author.audience, on: connection))
    }

    /// An agent who doesn't serve the shop could not even see what it is given.
    private func refuseUnreachableAssignee(_ conversation: Conversation, on connection: any SQLConnection) throws {
        guard case .assign(let member?) = send.act else { return }
        guard let assignee else { throw DeskError.refused(.memberUnknown, "no active member with this id") }
        guard assignee.role == .agent else { return }
        guard try ShopStore.staff(of: conversation.shop, on: connection).contains(member) else {
            throw DeskError.refused(.memberUnknown, "this member does not serve the shop")
        }
    }

    private func acknowledgement(of event: ConversationEvent, in conversation: Conversation, isDuplicate: Bool) -> Acknowledgement {
        Acknowledgement(
            conversation: conversation.id, clientID: send.clientID, event: event.id, seq: event.number(for: author.audience), at: event.at,
            isDuplicate: isDuplicate, isUnchanged: false)
    }

    private func unchanged(_ conversation: Conversation) -> Acknowledgement {
        Acknowledgement(
            conversation: conversation.id, clientID: send.clientID, event: nil, seq: conversation.top(for: author.audience),
            at: conversation.lastAt, isDuplicate: false, isUnchanged: true)
    }
}

extension Author {
    /// A customer may have said its name after it connected: the stored one counts.
    fileprivate func named(in conversation: Conversation) -> Author {
        if case .customer(let id, _) = self { .customer(id, name: conversation.customerName) } else { self }
    }
}
