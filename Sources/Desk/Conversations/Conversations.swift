package import DeskProtocol
import Storage
package import Vocabulary

/// Conversations and what may be done in them.
package struct Conversations: Sendable {
    let database: any Database
    let feed: FeedWriter
    let directory: any MemberDirectory
    let epoch: String

    /// Stores what `send` asks for and returns when it is on disk.
    ///
    /// Idempotent by the sender's `clientID`: a retry gets the first acknowledgement again.
    /// - Throws: `DeskError`: `stale`, or a code of sync-protocol §4.
    package func post(_ send: Send, by principal: Principal) async throws -> Acknowledgement {
        let assignee = try await assignee(of: send.act, in: principal.workspace)
        return try await feed.writing { connection, now in
            let conversation = try Self.find(send.conversation, for: principal, at: now, on: connection)
            let request = Posting(send: send, author: principal.author, assignee: assignee, now: now)
            return try request.perform(in: conversation, on: connection)
        }
    }

    private func assignee(of act: Act, in workspace: WorkspaceID) async throws -> MemberCard? {
        guard case .assign(let member?) = act else { return nil }
        return try await directory.members(of: workspace).first { $0.id == member && $0.isActive }
    }

    /// The conversation that `principal` means, if it may see it; a customer's first message opens its own.
    static func find(
        _ id: ConversationID?, for principal: Principal, at now: Timestamp, on connection: any SQLConnection
    ) throws -> Conversation {
        switch principal {
        case .customer(let customer):
            if let conversation = try ConversationStore.conversation(of: customer.customer, on: connection) {
                guard id == nil || id == conversation.id else { throw DeskError.conversationNotFound }
                return conversation
            }
            guard id == nil, let stored = try CustomerStore.customer(customer.customer, on: connection) else {
                throw DeskError.conversationNotFound
            }
            return .opening(for: stored, at: now)
        case .member(let member):
            guard let id else { throw DeskError.refused(.badFrame, "conversation must be given") }
            return try visible(id, to: member, on: connection)
        }
    }

    /// - Throws: `DeskError.conversationNotFound`: absent and forbidden are never told apart.
    static func visible(_ id: ConversationID, to member: MemberPrincipal, on connection: any SQLConnection) throws -> Conversation {
        guard let conversation = try ConversationStore.conversation(id, on: connection), conversation.workspace == member.workspace,
            try ShopScope.of(member, on: connection).contains(conversation.shop)
        else { throw DeskError.conversationNotFound }
        return conversation
    }
}

extension Principal {
    /// As events name it.
    package var author: Author {
        switch self {
        case .member(let member): .member(member.member, name: member.name)
        case .customer(let customer): .customer(customer.customer, name: customer.name)
        }
    }

    /// In whose numbers it speaks.
    package var audience: Audience {
        switch self {
        case .member: .staff
        case .customer: .customer
        }
    }
}

extension Author {
    var audience: Audience {
        if case .customer = self { .customer } else { .staff }
    }
}
