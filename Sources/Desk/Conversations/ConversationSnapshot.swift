package import DeskProtocol
import Vocabulary

/// A page of a conversation's log.
package struct HistoryPage: Hashable, Sendable {
    package let epoch: String
    /// Rising.
    package let events: [ConversationEvent]
    /// Ask for what lies below this number; nil at the beginning of the log.
    package let before: Int64?
}

/// A conversation as staff opens it: everything read in one transaction with the cursors.
package struct StaffSnapshot: Sendable {
    package let feed: Int64
    package let conversation: Conversation
    package let customer: Customer
    package let page: HistoryPage
    package let receipts: [Receipt]
    package let mark: ReadMark
}

/// The conversation as its customer opens it, in public numbers.
package struct CustomerSnapshot: Sendable {
    /// Nil before the first message.
    package let conversation: Conversation?
    package let page: HistoryPage
    package let receipts: [CustomerReceipt]
    /// Its own marks.
    package let delivered: Int64
    package let read: Int64
}

/// How far the other side got and read, in public numbers.
package struct CustomerReceipt: Hashable, Sendable {
    package let by: Author
    package let delivered: Int64
    package let read: Int64
}
