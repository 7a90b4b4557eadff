import DeskProtocol
import Storage
import Vocabulary

/// Catching up: subscribe first and buffer, read the database past the cursor, then go live (sync-protocol §3).
extension LiveSession {
    /// Opens a conversation for staff; a `reset` where that can't be whole.
    func follow(_ id: ConversationID, after: Int64) async throws {
        guard case .member(let member) = principal else { return }
        let conversation: Conversation
        do {
            conversation = try await desk.database.read { try Conversations.visible(id, to: member, on: $0) }
        } catch DeskError.conversationNotFound {
            emit(.resetConversation(id, .gone))
            return
        }
        guard after <= conversation.lastSeq else {
            emit(.resetConversation(id, .ahead))
            return
        }
        try await follow(.conversation(id), of: id, after: after)
    }

    /// Follows the log of `conversation` under `topic`: missing events, receipts as they stand, then live.
    func follow(_ topic: Topic, of conversation: ConversationID?, after: Int64) async throws {
        begin(topic, after: after)
        guard let conversation else {
            _ = settle(topic)
            return
        }
        if audience == .customer, try await isAhead(after, of: conversation) { emit(.resetConversation(conversation, .ahead)) }
        try await sendReceipts(of: conversation)
        repeat {
            try await sendEvents(of: conversation, after: streamTop(topic) ?? after) { self.sent(topic, upTo: $0) }
        } while !settle(topic)
    }

    private func isAhead(_ cursor: Int64, of conversation: ConversationID) async throws -> Bool {
        let audience = audience
        return try await desk.database.read { connection in
            guard let stored = try ConversationStore.conversation(conversation, on: connection) else { return false }
            return cursor > stored.top(for: audience)
        }
    }

    /// Sends everything beyond `after` in frames of bounded size.
    func sendEvents(of conversation: ConversationID, after: Int64, sent: (Int64) -> Void = { _ in }) async throws {
        let audience = audience
        var cursor = after
        while true {
            let from = cursor
            let events = try await desk.database.read {
                try EventStore.events(of: conversation, after: from, limit: ProtocolLimits.eventsPerFrame, for: audience, on: $0)
            }
            for chunk in events.chunked() { emit(.events(conversation, chunk)) }
            guard let last = events.last else { return }
            cursor = last.number(for: audience)
            sent(cursor)
            if events.count < ProtocolLimits.eventsPerFrame { return }
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

    /// Follows the workspace's lists; without cursor from now on.
    func followFeed(of member: MemberPrincipal, after cursor: Int64?) async throws {
        let topic = Topic.feed(member.workspace)
        let (top, trimmed, wasRestaffed) = try await desk.database.read { connection in
            (
                try FeedStore.top(of: member.workspace, on: connection), try FeedStore.trimmed(of: member.workspace, on: connection),
                try member.role == .agent && FeedStore.hasShopChange(in: member.workspace, after: cursor ?? .max, on: connection)
            )
        }
        let start: Int64
        switch cursor {
        case .some(let cursor) where cursor > top:
            emit(.resetFeed(.ahead))
            start = top
        case .some(let cursor) where cursor < trimmed:
            emit(.resetFeed(.trimmed))
            start = top
        case .some where wasRestaffed:
            // Rows of a shop that it serves since lie before its cursor, those of one that it lost are on its screen.
            emit(.resetAll(.access))
            start = top
        default: start = cursor ?? top
        }
        begin(topic, after: start)
        repeat {
            try await sendFeed(of: member, after: streamTop(topic) ?? start) { self.sent(topic, upTo: $0) }
        } while !settle(topic)
        if cursor != nil { try await sendMarks(of: member, since: start) }
    }

    /// Sends every list change beyond `after`.
    func sendFeed(of member: MemberPrincipal, after: Int64, sent: (Int64) -> Void = { _ in }) async throws {
        let scope = scope
        var cursor = after
        while true {
            let from = cursor
            let items = try await desk.database.read {
                try FeedStore.items(of: member.workspace, after: from, limit: ProtocolLimits.eventsPerFrame, scope: scope, on: $0)
            }
            guard let last = items.last else { return }
            emit(.feed(items))
            cursor = last.seq
            sent(cursor)
            if items.count < ProtocolLimits.eventsPerFrame { return }
        }
    }

    /// What the member read on another device since.
    private func sendMarks(of member: MemberPrincipal, since feed: Int64) async throws {
        let marks = try await desk.database.read {
            try ReceiptStore.marks(of: member.member, since: feed, limit: ProtocolLimits.eventsPerFrame, on: $0)
        }
        for mark in marks { emit(.mark(mark.conversation, read: mark.read, customerMessages: mark.customerMessages)) }
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
