package import DeskProtocol

/// What one transaction did to a conversation: told to `Delivery` after the commit, in commit order.
package struct Change: Hashable, Sendable {
    /// As it is after the change; its `version` is the feed number.
    package let conversation: Conversation
    package let events: [ConversationEvent]
}
