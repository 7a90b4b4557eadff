import DeskProtocol
import Vocabulary

/// What one can hear about.
enum Topic: Hashable, Sendable {
    /// Everything in a conversation, in the staff's numbers.
    case conversation(ConversationID)
    /// What a customer may see of its conversation, in public numbers; exists before the conversation does.
    case customer(CustomerID)
    /// The lists of a workspace.
    case feed(WorkspaceID)
}

/// A frame on its way to those who hear a topic.
struct Delivered: Sendable {
    let topic: Topic
    /// The number up to which the topic is whole with this frame; nil for frames without number.
    let number: Int64?
    /// Which conversation it is about, so that a customer's session learns of its own.
    var conversation: ConversationID?
    let frame: OutgoingFrame
}

/// A live session as `Delivery` sees it. Everything may be called from any thread and must return at once.
protocol Subscriber: AnyObject, Sendable {
    var principal: Principal { get }
    var connection: String { get }
    /// The shops that it may see; only feeds ask.
    var scope: ShopScope { get }
    /// Under which key a visitor's socket came; nil of others.
    var shopKey: String? { get }
    func deliver(_ delivered: Delivered)
    /// A frame that belongs to no topic: marks, presence, pings.
    func deliver(_ frame: OutgoingFrame)
    func ping()
    /// Says why with a close code of sync-protocol §13.
    func end(code: UInt16, reason: String)
    /// The agents who serve `shop` are now `staff`.
    func staffChanged(of shop: ShopID, to staff: Set<MemberID>)
    /// Name or rights of its member may have changed.
    func accessChanged()
}
