package import DeskProtocol
package import Vocabulary

/// One customer's thread in one shop: the state that its event log adds up to.
package struct Conversation: Hashable, Sendable {
    package let id: ConversationID
    package let workspace: WorkspaceID
    package let shop: ShopID
    package let customer: CustomerID
    package var customerName: String
    package var isResolved: Bool
    package var assignee: MemberID?
    /// The feed number of its last change.
    package var version: Int64
    package var lastSeq: Int64
    /// Public events so far: the customer's `lastSeq`.
    package var lastPubSeq: Int64
    /// Messages of the customer so far: unread counts derive from it.
    package var customerMessages: Int64
    package var lastAt: Timestamp
    package var lastKind: String
    package var lastByCustomer: Bool
    package var lastText: String

    /// An empty one, not stored yet.
    package static func opening(for customer: Customer, at time: Timestamp) -> Conversation {
        Conversation(
            id: .make(at: time), workspace: customer.workspace, shop: customer.shop, customer: customer.id,
            customerName: customer.details.name,
            isResolved: false, assignee: nil, version: 0, lastSeq: 0, lastPubSeq: 0, customerMessages: 0, lastAt: time, lastKind: "",
            lastByCustomer: true, lastText: "")
    }

    /// As the staff's lists show it.
    package var row: ListRow {
        ListRow(
            id: id, shop: shop, customer: customer, customerName: customerName, isResolved: isResolved, assignee: assignee,
            version: version,
            lastSeq: lastSeq, customerMessages: customerMessages, lastAt: lastAt, lastKind: lastKind, lastByCustomer: lastByCustomer,
            lastText: lastText)
    }

    /// The number up to which `audience` can be whole.
    package func top(for audience: Audience) -> Int64 {
        audience == .staff ? lastSeq : lastPubSeq
    }
}
