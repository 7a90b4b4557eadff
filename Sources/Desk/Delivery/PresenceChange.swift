import DeskProtocol
import Vocabulary

/// Somebody came or went.
package struct PresenceChange: Sendable {
    enum Who: Sendable {
        case member(MemberID)
        case customer(CustomerID, ConversationID?)
    }

    let who: Who
    let workspace: WorkspaceID
    /// Of a customer: who may not see the shop doesn't hear of it.
    let shop: ShopID?
    let isOnline: Bool

    init(_ principal: Principal, conversation: ConversationID?, isOnline: Bool) {
        self.isOnline = isOnline
        workspace = principal.workspace
        switch principal {
        case .member(let member):
            who = .member(member.member)
            shop = nil
        case .customer(let customer):
            who = .customer(customer.customer, conversation)
            shop = customer.shop
        }
    }

    /// Somebody who is, or was, connected to another instance.
    init(_ present: PresentPerson, conversation: ConversationID?, isOnline: Bool) {
        self.isOnline = isOnline
        workspace = present.workspace
        shop = present.shop
        switch present.person {
        case .member(let member): who = .member(member)
        case .customer(let customer): who = .customer(customer, conversation)
        }
    }

    var staffFrame: ServerFrame {
        switch who {
        case .member(let member): .memberPresence(member, online: isOnline)
        case .customer(let customer, let conversation): .customerPresence(customer, conversation, online: isOnline)
        }
    }
}
