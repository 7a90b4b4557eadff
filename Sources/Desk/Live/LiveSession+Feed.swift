import DeskProtocol
import Storage
import Vocabulary

/// The workspace's lists: followed from a cursor, or asked for once more (sync-protocol §3, §5).
extension LiveSession {
    /// Follows the workspace's lists; without cursor from now on.
    func followFeed(of member: MemberPrincipal, after cursor: Int64?) async throws {
        let topic = Topic.feed(member.workspace)
        // Subscribed first: a change of rights from now on is heard.
        begin(topic, after: 0)
        try await lookUpScope()
        let position = try await position(of: member, after: cursor)
        position.reset.map(emit)
        let start = position.reset == nil ? cursor ?? position.top : position.top
        begin(topic, after: start)
        repeat {
            try await sendFeed(of: member, after: streamTop(topic) ?? start) { self.sent(topic, upTo: $0) }
        } while !settle(topic)
        if cursor != nil { try await sendMarks(of: member, since: start) }
    }

    /// Sends what is beyond `cursor` once more.
    func syncFeed(after cursor: Int64) async throws {
        guard case .member(let member) = principal else { throw DeskError.refused(.forbidden, "customers have no feed") }
        let position = try await position(of: member, after: cursor)
        if let reset = position.reset {
            // What was open may be forbidden now, as after any reset of everything.
            if case .resetAll = reset { leaveConversations() }
            emit(reset)
        } else {
            try await sendFeed(of: member, after: cursor)
        }
        emitResumed()
    }

    private func position(of member: MemberPrincipal, after cursor: Int64?) async throws -> FeedPosition {
        try await desk.database.read { try FeedPosition.read(of: member, after: cursor, on: $0) }
    }

    private func lookUpScope() async throws {
        var changes = scopeChanges
        while !remember(scope: try await readScope(), lookedUpAt: changes) { changes = scopeChanges }
    }

    /// Sends every list change beyond `after`.
    func sendFeed(of member: MemberPrincipal, after: Int64, sent: (Int64) -> Void = { _ in }) async throws {
        var cursor = after
        while true {
            let from = cursor
            let items = try await desk.database.read { connection in
                // Rows are as they are now, so rights are too: a change of them elsewhere may not have been told here yet.
                let scope = try ShopScope.of(member, on: connection)
                return try FeedStore.items(
                    of: member.workspace, after: from, limit: ProtocolLimits.itemsPerFrame, scope: scope, on: connection)
            }
            guard let last = items.last else { return }
            emit(.feed(items))
            await outlet.drained()
            cursor = last.seq
            sent(cursor)
            guard items.count == ProtocolLimits.itemsPerFrame, !outlet.isFull else { return }
        }
    }

    /// What the member read on another device since.
    private func sendMarks(of member: MemberPrincipal, since feed: Int64) async throws {
        let marks = try await desk.database.read {
            try ReceiptStore.marks(of: member.member, since: feed, limit: ProtocolLimits.eventsPerFrame, on: $0)
        }
        // So many that some may be missing: the lists are read anew.
        guard marks.count < ProtocolLimits.eventsPerFrame else { return emit(.resetFeed(.trimmed)) }
        for mark in marks { emit(.mark(mark.conversation, read: mark.read, customerMessages: mark.customerMessages)) }
    }
}
