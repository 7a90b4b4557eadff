package import DeskProtocol
import Storage
import Vocabulary

extension LiveSession {
    /// Sockets that one person may have at once; the oldest gives way.
    private var sessionLimit: Int { audience == .staff ? 32 : 8 }

    /// Says `ready`, sends what was missed since `cursors`, and `resumed` (sync-protocol §3).
    package func begin(_ cursors: Cursors) async throws {
        guard let isFirst = enter() else { return }
        giveWay()
        // Before anything is read: what comes after that is told.
        try await desk.delivery.follow(principal.workspace)
        // Looked at after registering: whoever lost its rights before is found here, whoever does so later is told.
        guard try await isStillAdmitted() else { return }
        let conversation = try await ownConversation()
        conversation.map { remember(conversation: $0.id) }
        say(Ready(connection: connection, epoch: desk.epoch, you: author, customer: customerSide(conversation)))
        // Another epoch: the client's numbers mean nothing here. Both sides go on from now.
        let isSameEpoch = cursors.epoch == nil || cursors.epoch == desk.epoch
        if !isSameEpoch { emit(.resetAll(.epoch)) }
        try await resume(isSameEpoch ? cursors : Cursors())
        announce(isFirst: isFirst, conversation: conversation)
    }

    private func resume(_ cursors: Cursors) async throws {
        switch principal {
        case .member(let member):
            try await followFeed(of: member, after: cursors.feed)
            if cursors.conversations.count > ProtocolLimits.openConversations {
                emit(.error(FrameError(.tooManyOpen, "at most \(ProtocolLimits.openConversations) open conversations")))
            }
            for (id, after) in cursors.conversations.sorted(by: { $0.key < $1.key }).prefix(ProtocolLimits.openConversations) {
                try await follow(id, after: after)
            }
        case .customer(let customer):
            try await followOwn(of: customer, after: cursors.conversations)
        }
        emitResumed()
    }

    /// Says up to where the client is whole now.
    package func emitResumed() {
        let tops = tops
        emit(.resumed(feed: tops.feed, conversations: tops.conversations))
    }

    private func announce(isFirst: Bool, conversation: Conversation?) {
        guard !isEnded else { return }
        if case .member(let member) = principal {
            let online = desk.delivery.online(in: member.workspace, scope: scope)
            emit(.presence(customers: online.customers, members: online.members))
        }
        if isFirst {
            // Said also after a short absence: somebody may have looked in between.
            desk.delivery.departures.returned(principal)
            desk.delivery.committed(.presence(PresenceChange(principal, conversation: conversation?.id, isOnline: true)))
        }
    }

    private func customerSide(_ conversation: Conversation?) -> Ready.CustomerSide? {
        guard case .customer(let customer) = principal else { return nil }
        return Ready.CustomerSide(
            conversation: conversation?.id, available: desk.delivery.isAvailable(shop: customer.shop, in: customer.workspace))
    }

    private func ownConversation() async throws -> Conversation? {
        guard case .customer(let customer) = principal else { return nil }
        return try await desk.database.read { try ConversationStore.conversation(of: customer.customer, on: $0) }
    }

    private func isStillAdmitted() async throws -> Bool {
        switch principal {
        case .member(let member):
            guard let present = try await desk.directory.principal(ofSession: member.session) else {
                end(code: 4403, reason: "signed out, or rights changed")
                return false
            }
            if present != member { end(code: 1012, reason: "name or role changed: reconnect") }
            return present == member
        case .customer(let customer):
            guard let shopKey else { return true }
            do {
                if try await desk.shops.shop(key: shopKey).id == customer.shop { return true }
            } catch DeskError.shopUnknown {}
            end(code: 4410, reason: "shop closed or key replaced")
            return false
        }
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
