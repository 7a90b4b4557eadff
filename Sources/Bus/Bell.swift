package import Vocabulary

/// What a bell says: something changed; look at the database.
package enum Bell: Hashable, Sendable {
    // People

    /// A session ended: signed out, revoked, or its member's role or password changed.
    case sessionEnded(SessionID)
    /// A member's rights changed: every live socket of it must be looked at again.
    case memberChanged(MemberID)

    // Desk

    /// A shop was closed or its public key replaced: its visitors' sockets end.
    case shopClosed(ShopID)
    /// The workspace's feed has got an item of this number.
    case feedMoved(WorkspaceID, Int64)
    /// Somebody's marks rose in a conversation of the workspace: its receipts have got this number.
    case receiptMoved(WorkspaceID, Int64)
    /// Somebody writes. Carried whole: it is nowhere else, and worth nothing when it is late.
    case typing(Typing)
    /// An instance has written down anew who is connected to it.
    case presenceChanged(InstanceID)

    // Gateway

    /// A key of the workspace was made, changed or withdrawn.
    case keysChanged(WorkspaceID)
    /// A node was added, changed or taken away.
    case nodesChanged
    /// A node's health was decided anew.
    case standingsChanged
    /// Prices of models changed.
    case pricesChanged
    /// The gateway's settings changed.
    case settingsChanged
    /// What other instances have left of a key's limits is wanted, or came back.
    case budgetMoved

    // All

    /// Hints may have been lost: whoever keeps something reads it again. Rung by the bus itself when its link was lost and is back, and
    /// every second while it is down.
    case lookAgain

    /// Who is meant, without the name that is shown.
    package enum Person: Hashable, Sendable {
        case member(MemberID)
        case customer(CustomerID)
        case system
    }

    /// Somebody writes in a conversation, or has stopped.
    package struct Typing: Hashable, Sendable {
        package let conversation: ConversationID
        /// Whose conversation it is.
        package let customer: CustomerID
        package let by: Person
        /// As it is shown; a bell with a name too long to be carried is told in this process only.
        package let name: String
        package let isOn: Bool
        /// The connection that said so doesn't hear it.
        package let connection: String

        package init(conversation: ConversationID, customer: CustomerID, by: Person, name: String, isOn: Bool, connection: String) {
            self.conversation = conversation
            self.customer = customer
            self.by = by
            self.name = name
            self.isOn = isOn
            self.connection = connection
        }
    }
}
