package import DeskProtocol
import Vocabulary

/// How far a participant got and read a conversation, in `seq` (sync-protocol §6).
package struct Receipt: Hashable, Sendable {
    package let by: Author
    package var delivered: Int64
    package var read: Int64
    /// Messages of the customer up to `read`: what unread counts are taken from.
    package var readCustomerMessages: Int64

    /// Raised, never lowered; a read is also a delivery.
    package func raised(delivered: Int64, read: Int64, readCustomerMessages: Int64) -> Receipt {
        var raised = self
        raised.read = max(self.read, read)
        raised.delivered = max(self.delivered, delivered, raised.read)
        raised.readCustomerMessages = max(self.readCustomerMessages, readCustomerMessages)
        return raised
    }
}

/// A receipt that rose: told to the others after the commit.
package struct ReceiptChange: Hashable, Sendable {
    package let conversation: Conversation
    package let receipt: Receipt
    /// Dense in the workspace.
    package let number: Int64
    /// The same marks in public numbers, for the customer.
    package let publicDelivered: Int64
    package let publicRead: Int64
}
