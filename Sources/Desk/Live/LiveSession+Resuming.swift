package import DeskProtocol
import Storage
import Vocabulary

extension LiveSession {
    /// Sockets that one person may have at once; the oldest gives way.
    private var sessionLimit: Int { audience == .staff ? 32 : 8 }

    /// Says `ready`, sends what was missed since `cursors`, and `resumed` (sync-protocol §3).
    package func begin(_ cursors: Cursors) async throws {
        let scope = try await readScope()
        remember(scope: scope)
        let isFirst = registry.add(self)
        giveWay()
        let conversation = try await ownConversation()
        conversation.map { remember(conversation: $0.id) }
        emit(.ready(Ready(connection: connection, epoch: desk.epoch, you: author, customer: customerSide(conversation))))
        // Another epoch: the client's numbers mean nothing here. Both sides go on from now.
        let isSameEpoch = cursors.epoch == nil || cursors.epoch == desk.epoch
        if !isSameEpoch { emit(.resetAll(.epoch)) }
        try await resume(isSameEpoch ? cursors : Cursors(), conversation: conversation)
        announce(isFirst: isFirst, conversation: conversation)
    }

    private func resume(_ cursors: Cursors, conversation: Conversation?) async throws {
        switch principal {
        case .member(let member):
            try await followFeed(of: member, after: cursors.feed)
            for (id, after) in cursors.conversations.sorted(by: { $0.key < $1.key }).prefix(ProtocolLimits.openConversations) {
                try await follow(id, after: after)
            }
        case .customer(let customer):
            let after = conversation.flatMap { cursors.conversations[$0.id] } ?? conversation?.lastPubSeq ?? 0
            try await follow(.customer(customer.customer), of: conversation?.id, after: after)
        }
        emitResumed()
    }

    /// Says up to where the client is whole now.
    package func emitResumed() {
        let tops = tops
        emit(.resumed(feed: tops.feed, conversations: tops.conversations))
    }

    private func announce(isFirst: Bool, conversation: Conversation?) {
        if case .member(let member) = principal {
            let online = registry.online(in: member.workspace, scope: scope)
            emit(.presence(customers: online.customers, members: online.members))
        }
        if isFirst, !desk.departures.returned(principal) {
            desk.delivery.committed(.presence(PresenceChange(principal, conversation: conversation?.id, isOnline: true)))
        }
    }

    private func customerSide(_ conversation: Conversation?) -> Ready.CustomerSide? {
        guard case .customer(let customer) = principal else { return nil }
        return Ready.CustomerSide(
            conversation: conversation?.id, available: registry.isAvailable(shop: customer.shop, in: customer.workspace))
    }

    private func ownConversation() async throws -> Conversation? {
        guard case .customer(let customer) = principal else { return nil }
        return try await desk.database.read { try ConversationStore.conversation(of: customer.customer, on: $0) }
    }

    func readScope() async throws -> ShopScope {
        switch principal {
        case .member(let member): try await desk.database.read { try ShopScope.of(member, on: $0) }
        case .customer(let customer): .only([customer.shop])
        }
    }

    /// Connections are named by ULIDs: the smallest is the oldest.
    private func giveWay() {
        let others: [any Subscriber]
        switch principal {
        case .member(let member): others = registry.sessions(of: member.member)
        case .customer(let customer): others = registry.sessions(of: customer.customer)
        }
        let surplus = others.count - sessionLimit
        guard surplus > 0 else { return }
        for oldest in others.sorted(by: { $0.connection < $1.connection }).prefix(surplus) {
            oldest.end(code: 1013, reason: "too many connections of one person")
        }
    }
}
