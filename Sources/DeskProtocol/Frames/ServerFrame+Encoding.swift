import Vocabulary

/// What every client is told at `ready` (sync-protocol §14).
package enum ProtocolLimits {
    package static let version: Int64 = 1
    package static let frameBytes: Int64 = 65_536
    package static let textCharacters: Int64 = 10_000
    package static let inFlight: Int64 = 16
    package static let pingMilliseconds: Int64 = 25_000
    package static let typingMilliseconds: Int64 = 5_000
    package static let openConversations = 32
    /// Events of one `events` frame, and rows of one `feed` frame.
    package static let eventsPerFrame = 500
    /// Rows are below 1.2 KB, so that a full `feed` frame stays below 256 KB.
    package static let itemsPerFrame = 200
    package static let bytesPerFrame = 262_144
    package static let previewCharacters = 120
    package static let previewBytes = 480
}

extension ServerFrame {
    /// The frame's JSON text in the numbers of `audience`.
    package func encoded(for audience: Audience) -> [UInt8] {
        JSONWriter.object { write(to: &$0, for: audience) }
    }

    private func write(to writer: inout JSONWriter, for audience: Audience) {
        writer.member("type", typeName)
        switch self {
        case .ready(let ready): ready.write(to: &writer)
        case .events(let id, let events):
            writer.member("conversation", id)
            writer.array("events", events) { $1.write(to: &$0, for: audience) }
        case .feed(let items): writer.array("items", items) { $1.write(to: &$0) }
        case .resumed(let feed, let conversations), .ping(let feed, let conversations): writer.tops(feed, conversations)
        case .resetAll(let reason): writer.reset("all", nil, reason)
        case .resetFeed(let reason): writer.reset("feed", nil, reason)
        case .resetConversation(let id, let reason): writer.reset("conversation", id, reason)
        case .ack(let acknowledgement, let ref): acknowledgement.write(to: &writer, ref: ref)
        case .nack(let error, let clientID):
            error.write(to: &writer)
            writer.member("clientID", clientID.description)
            writer.member("final", !error.code.isPassing)
        case .stale(let id, let clientID, let ref, let events):
            if let ref { writer.member("ref", ref) }
            writer.member("clientID", clientID.description)
            writer.member("conversation", id)
            writer.array("events", events) { $1.write(to: &$0, for: audience) }
        case .receipt(let id, let by, let delivered, let read):
            writer.member("conversation", id)
            writer.name("by")
            by.write(to: &writer)
            writer.member("delivered", delivered)
            writer.member("read", read)
        case .mark(let id, let read, let customerMessages):
            writer.member("conversation", id)
            writer.member("read", read)
            writer.member("customerMessages", customerMessages)
        case .typing(let id, let by, let on):
            writer.member("conversation", id)
            writer.name("by")
            by.write(to: &writer)
            writer.member("on", on)
            writer.member("ttlMs", ProtocolLimits.typingMilliseconds)
        case .customerPresence, .memberPresence, .availability, .presence: writePresence(to: &writer)
        case .move(let after): writer.member("afterMs", after)
        case .resync: writer.member("reason", "slow")
        case .error(let error): error.write(to: &writer)
        }
    }

    private func writePresence(to writer: inout JSONWriter) {
        switch self {
        case .customerPresence(let customer, let conversation, let online):
            writer.member("customer", customer)
            writer.member("conversation", conversation)
            writer.member("online", online)
        case .memberPresence(let member, let online):
            writer.member("member", member)
            writer.member("online", online)
        case .availability(let available): writer.member("available", available)
        case .presence(let customers, let members):
            writer.object("online") { writer in
                writer.array("customers", customers) { $0.value($1.description) }
                writer.array("members", members) { $0.value($1.description) }
            }
        default: break
        }
    }

    private var typeName: String {
        switch self {
        case .ready: "ready"
        case .events: "events"
        case .feed: "feed"
        case .resumed: "resumed"
        case .resetAll, .resetFeed, .resetConversation: "reset"
        case .ack: "ack"
        case .nack: "nack"
        case .stale: "stale"
        case .receipt: "receipt"
        case .mark: "mark"
        case .typing: "typing"
        case .customerPresence, .memberPresence, .availability, .presence: "presence"
        case .ping: "ping"
        case .move: "move"
        case .resync: "resync"
        case .error: "error"
        }
    }
}

extension JSONWriter {
    fileprivate mutating func tops(_ feed: Int64?, _ conversations: [ConversationID: Int64]) {
        if let feed { member("feed", feed) }
        object("conversations") { writer in
            for (id, seq) in conversations.sorted(by: { $0.key < $1.key }) {
                writer.name(text: id.description)
                writer.value(seq)
            }
        }
    }

    fileprivate mutating func reset(_ scope: String, _ conversation: ConversationID?, _ reason: ResetReason) {
        member("scope", scope)
        if let conversation { member("conversation", conversation) }
        member("reason", reason.rawValue)
    }
}

extension FrameError {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("code", code.rawValue)
        writer.member("message", message)
        if let ref { writer.member("ref", ref) }
        if let retryAfterMilliseconds { writer.member("retryAfterMs", retryAfterMilliseconds) }
    }
}

extension Ready {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("protocol", ProtocolLimits.version)
        writer.member("connection", connection)
        writer.member("epoch", epoch)
        writer.name("you")
        you.write(to: &writer)
        if let customer {
            writer.member("conversation", customer.conversation)
            writer.member("available", customer.available)
        }
        writer.object("limits") { writer in
            writer.member("frame", ProtocolLimits.frameBytes)
            writer.member("text", ProtocolLimits.textCharacters)
            writer.member("inFlight", ProtocolLimits.inFlight)
        }
        writer.member("pingMs", ProtocolLimits.pingMilliseconds)
    }
}

extension Acknowledgement {
    /// Also the body of the HTTP twin's answer.
    package func write(to writer: inout JSONWriter, ref: Int64?) {
        if let ref { writer.member("ref", ref) }
        writer.member("clientID", clientID.description)
        writer.member("conversation", conversation)
        if let event { writer.member("id", event) }
        writer.member("seq", seq)
        writer.member("at", at)
        if isDuplicate { writer.member("duplicate", true) }
        if isUnchanged { writer.member("unchanged", true) }
    }
}

extension FeedItem {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("seq", seq)
            switch change {
            case .conversation(let row):
                writer.member("kind", "conversation")
                writer.name("row")
                row.write(to: &writer)
            case .shop(let shop):
                writer.member("kind", "shop")
                writer.member("shop", shop)
            case .hidden:
                writer.member("kind", "hidden")
            }
        }
    }
}

extension ListRow {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("shop", shop)
            writer.object("customer") { writer in
                writer.member("id", customer)
                writer.member("name", customerName)
            }
            writer.member("status", isResolved ? "resolved" : "open")
            writer.member("assignee", assignee)
            writer.member("version", version)
            writer.member("lastSeq", lastSeq)
            writer.member("customerMessages", customerMessages)
            writer.member("lastAt", lastAt)
            writer.object("last") { writer in
                writer.member("kind", lastKind)
                writer.member("by", lastByCustomer ? "customer" : "member")
                writer.member("text", lastText)
            }
        }
    }
}
