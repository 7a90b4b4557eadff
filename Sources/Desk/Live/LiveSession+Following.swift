import DeskProtocol
import Storage
import Vocabulary

/// Catching up: subscribe first and buffer, read the database past the cursor, then go live (sync-protocol §3).
extension LiveSession {
    /// Opens a conversation for staff; a `reset` where that can't be whole.
    func follow(_ id: ConversationID, after: Int64) async throws {
        guard case .member(let member) = principal else { return }
        let topic = Topic.conversation(id)
        // Subscribed before it is looked up: rights that are lost from now on end the subscription.
        begin(topic, after: after)
        do {
            let conversation = try await desk.database.read { try Conversations.visible(id, to: member, on: $0) }
            try await catchUp(topic, with: conversation, after: after)
        } catch DeskError.conversationNotFound {
            leave(topic)
            emit(.resetConversation(id, .gone))
        }
    }

    /// Follows a customer's own conversation, which may not exist yet.
    /// - Parameter cursors: without one of it the client has nothing of the past, and wants nothing.
    func followOwn(of customer: CustomerPrincipal, after cursors: [ConversationID: Int64]) async throws {
        let topic = Topic.customer(customer.customer)
        begin(topic, after: 0)
        // Looked up after subscribing: a first message that another tab sends meanwhile is found here, or comes live.
        let stored = try await desk.database.read { try ConversationStore.conversation(of: customer.customer, on: $0) }
        guard let stored else {
            _ = settle(topic)
            return
        }
        let wasKnown = ownConversationID != nil
        remember(conversation: stored.id)
        try await catchUp(topic, with: stored, after: cursors[stored.id] ?? (wasKnown ? stored.lastPubSeq : 0))
    }

    /// Receipts as they stand and the events beyond `cursor`, then live. Of a cursor beyond the log's end the client is told.
    private func catchUp(_ topic: Topic, with conversation: Conversation, after cursor: Int64) async throws {
        let start = min(cursor, conversation.top(for: audience))
        guard restart(topic, after: start) else { return }
        if cursor > start { emit(.resetConversation(conversation.id, .ahead)) }
        try await sendReceipts(of: conversation.id)
        repeat {
            try await sendEvents(of: conversation.id, after: streamTop(topic) ?? start) { number in
                sent(topic, upTo: number)
                return isOpen(topic)
            }
        } while !settle(topic)
    }

    /// Sends everything beyond `after` in frames of bounded size.
    /// - Parameter sent: told how far it got; false ends it.
    func sendEvents(of conversation: ConversationID, after: Int64, sent: (Int64) -> Bool = { _ in true }) async throws {
        let audience = audience
        var cursor = after
        while true {
            let from = cursor
            let events = try await desk.database.read {
                try EventStore.events(of: conversation, after: from, limit: ProtocolLimits.eventsPerFrame, for: audience, on: $0)
            }
            for chunk in events.chunked() {
                emit(.events(conversation, chunk))
                await outlet.drained()
            }
            guard let last = events.last else { return }
            cursor = last.number(for: audience)
            guard sent(cursor), events.count == ProtocolLimits.eventsPerFrame, !outlet.isFull else { return }
        }
    }

    private func sendReceipts(of conversation: ConversationID) async throws {
        let (audience, author) = (audience, author)
        let frames = try await desk.database.read { connection -> [ServerFrame] in
            guard let stored = try ConversationStore.conversation(conversation, on: connection) else { return [] }
            if audience == .staff {
                return try ReceiptStore.receipts(in: conversation, on: connection).map {
                    .receipt(conversation, by: $0.by, delivered: $0.delivered, read: $0.read)
                }
            }
            // With its own: another tab may have read on meanwhile.
            let own = try Conversations.customerReceipt(
                try ReceiptStore.receipt(of: author, in: conversation, on: connection), in: stored, on: connection)
            return try (Conversations.customerReceipts(in: stored, on: connection) + [own]).map {
                .receipt(conversation, by: $0.by, delivered: $0.delivered, read: $0.read)
            }
        }
        for frame in frames { emit(frame) }
    }
}

extension [ConversationEvent] {
    /// In runs that stay below the frame's size.
    fileprivate func chunked() -> [[ConversationEvent]] {
        var chunks: [[ConversationEvent]] = []
        var chunk: [ConversationEvent] = []
        var size = 0
        for event in self {
            let weight = event.estimatedBytes
            if size + weight > ProtocolLimits.bytesPerFrame, !chunk.isEmpty {
                chunks.append(chunk)
                chunk = []
                size = 0
            }
            chunk.append(event)
            size += weight
        }
        return chunk.isEmpty ? chunks : chunks + [chunk]
    }
}

extension ConversationEvent {
    /// Text may double when it is escaped; the rest of an event is below 500 bytes.
    fileprivate var estimatedBytes: Int {
        switch body {
        case .message(let text), .note(let text): 500 + 2 * text.utf8.count
        default: 500
        }
    }
}
