package import Vocabulary

/// Why a client must throw state away and take a snapshot (sync-protocol §3).
package enum ResetReason: String, Sendable {
    case epoch, trimmed, ahead, gone, access
}

/// What the server says. Each is encoded once, by `encoded(for:)`, and shared by all who get it.
package enum ServerFrame: Hashable, Sendable {
    case ready(Ready)
    case events(ConversationID, [ConversationEvent])
    case feed([FeedItem])
    case resumed(feed: Int64?, conversations: [ConversationID: Int64])
    case resetAll(ResetReason)
    case resetFeed(ResetReason)
    case resetConversation(ConversationID, ResetReason)
    case ack(Acknowledgement, ref: Int64?)
    case nack(FrameError, clientID: ULID)
    case stale(ConversationID, clientID: ULID, ref: Int64?, [ConversationEvent])
    case receipt(ConversationID, by: Author, delivered: Int64, read: Int64)
    case mark(ConversationID, read: Int64, customerMessages: Int64)
    case typing(ConversationID, by: Author, on: Bool)
    case customerPresence(CustomerID, ConversationID?, online: Bool)
    case memberPresence(MemberID, online: Bool)
    case availability(Bool)
    case presence(customers: [CustomerID], members: [MemberID])
    case ping(feed: Int64?, conversations: [ConversationID: Int64])
    case move(afterMilliseconds: Int64)
    case resync
    case error(FrameError)

    /// Says something beyond the state that every connection is told at its beginning.
    package var isNews: Bool {
        switch self {
        case .events, .feed, .resetAll, .resetFeed, .resetConversation: true
        default: false
        }
    }

    /// Frames of the ephemeral lane are dropped first and never replayed (sync-protocol §9).
    package var isEphemeral: Bool {
        switch self {
        case .typing, .customerPresence, .memberPresence, .availability: true
        default: false
        }
    }
}

/// The answer to `init`.
package struct Ready: Hashable, Sendable {
    package let connection: String
    package let epoch: String
    package let you: Author
    /// For customers: their conversation, if there is one, and whether somebody who serves the shop is there.
    package let customer: CustomerSide?

    package struct CustomerSide: Hashable, Sendable {
        package let conversation: ConversationID?
        package let available: Bool

        package init(conversation: ConversationID?, available: Bool) {
            self.conversation = conversation
            self.available = available
        }
    }

    package init(connection: String, epoch: String, you: Author, customer: CustomerSide?) {
        self.connection = connection
        self.epoch = epoch
        self.you = you
        self.customer = customer
    }
}

/// A stored `send`: what its sender may rely on for ever.
package struct Acknowledgement: Hashable, Sendable {
    package let conversation: ConversationID
    package let clientID: ULID
    /// Nil when nothing had to be written.
    package let event: EventID?
    /// In the sender's numbers.
    package let seq: Int64
    package let at: Timestamp
    /// This `clientID` was stored before.
    package let isDuplicate: Bool
    /// It was so already: nothing was written.
    package let isUnchanged: Bool

    package init(
        conversation: ConversationID, clientID: ULID, event: EventID?, seq: Int64, at: Timestamp, isDuplicate: Bool, isUnchanged: Bool
    ) {
        self.conversation = conversation
        self.clientID = clientID
        self.event = event
        self.seq = seq
        self.at = at
        self.isDuplicate = isDuplicate
        self.isUnchanged = isUnchanged
    }
}

/// One change of the staff's lists.
package struct FeedItem: Hashable, Sendable {
    package let seq: Int64
    package let change: Change

    package enum Change: Hashable, Sendable {
        case conversation(ListRow)
        case shop(ShopID)
        /// Something that this member may not see: it only moves the cursor.
        case hidden
    }

    package init(seq: Int64, change: Change) {
        self.seq = seq
        self.change = change
    }
}

/// A conversation as a row of the inbox (sync-protocol §5).
package struct ListRow: Hashable, Sendable {
    package var id: ConversationID
    package var shop: ShopID
    package var customer: CustomerID
    package var customerName: String
    package var isResolved: Bool
    package var assignee: MemberID?
    /// The feed number of its last change.
    package var version: Int64
    package var lastSeq: Int64
    package var customerMessages: Int64
    package var lastAt: Timestamp
    package var lastKind: String
    package var lastByCustomer: Bool
    /// The first 120 characters.
    package var lastText: String

    package init(
        id: ConversationID, shop: ShopID, customer: CustomerID, customerName: String, isResolved: Bool, assignee: MemberID?, version: Int64,
        lastSeq: Int64, customerMessages: Int64, lastAt: Timestamp, lastKind: String, lastByCustomer: Bool, lastText: String
    ) {
        self.id = id
        self.shop = shop
        self.customer = customer
        self.customerName = customerName
        self.isResolved = isResolved
        self.assignee = assignee
        self.version = version
        self.lastSeq = lastSeq
        self.customerMessages = customerMessages
        self.lastAt = lastAt
        self.lastKind = lastKind
        self.lastByCustomer = lastByCustomer
        self.lastText = lastText
    }
}
