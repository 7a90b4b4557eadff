package import Vocabulary

/// What a client says over a socket, parsed (sync-protocol §3–§10).
package enum ClientFrame: Hashable, Sendable {
    case initialise(Initialise)
    case send(Send, ref: Int64)
    case syncConversation(ConversationID?, after: Int64)
    case syncFeed(after: Int64)
    case open(ConversationID, after: Int64)
    case leave(ConversationID)
    case receipt(ConversationID?, Watermarks)
    case typing(ConversationID?, on: Bool)
    case probe
}

/// The first frame: who comes, and what it has already.
package struct Initialise: Hashable, Sendable {
    package let protocolVersion: Int64
    package let ticket: String
    package let cursors: Cursors

    package init(protocolVersion: Int64, ticket: String, cursors: Cursors) {
        self.protocolVersion = protocolVersion
        self.ticket = ticket
        self.cursors = cursors
    }
}

/// Up to where a client is whole; valid only within its epoch.
package struct Cursors: Hashable, Sendable {
    package var epoch: String?
    package var feed: Int64?
    package var conversations: [ConversationID: Int64]

    package init(epoch: String? = nil, feed: Int64? = nil, conversations: [ConversationID: Int64] = [:]) {
        self.epoch = epoch
        self.feed = feed
        self.conversations = conversations
    }
}

/// Two marks that only rise (sync-protocol §6), in the numbers of whoever sent them.
package struct Watermarks: Hashable, Sendable {
    package var delivered: Int64?
    package var read: Int64?

    package init(delivered: Int64? = nil, read: Int64? = nil) {
        self.delivered = delivered
        self.read = read
    }
}

/// Something durable to do, as a client asks for it (sync-protocol §4).
package struct Send: Hashable, Sendable {
    /// Nil for a customer: it has one conversation.
    package let conversation: ConversationID?
    package let clientID: ULID
    /// The last number that the sender had seen.
    package let basedOn: Int64?
    package let act: Act

    package init(conversation: ConversationID?, clientID: ULID, basedOn: Int64?, act: Act) {
        self.conversation = conversation
        self.clientID = clientID
        self.basedOn = basedOn
        self.act = act
    }
}

/// What a `send` wants to happen.
package enum Act: Hashable, Sendable {
    case text(String)
    case note(String)
    case assign(MemberID?)
    case resolve
    case reopen
}
