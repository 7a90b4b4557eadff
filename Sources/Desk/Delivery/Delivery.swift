import Bus
import DeskProtocol
import Synchronization
package import Vocabulary

/// Brings what was committed to everyone who hears it: one consumer, in commit order, each frame encoded once.
///
/// The writer's thread only leaves a note here (`committed`); `DeliveryService` reads the notes and fans out.
package final class Delivery: Sendable {
    /// Something to tell.
    package enum Note: Sendable {
        case change(Change)
        case receipt(ReceiptChange)
        /// `staff` where that changed.
        case shop(Shop, feed: Int64, staff: Set<MemberID>?)
        case typing(Typing)
        case presence(PresenceChange)
        /// Somebody wants to know whether the notes are still read.
        case errand(@Sendable () -> Void)
    }

    /// Somebody writes; forgotten after `ProtocolLimits.typingMilliseconds`.
    package struct Typing: Sendable {
        let conversation: ConversationID
        let customer: CustomerID
        let by: Author
        let on: Bool
        /// The connection that said so doesn't hear it.
        let connection: String
    }

    private struct Inbox {
        var notes: [Note] = []
        var isClosed = false
    }

    let registry = SubscriberRegistry()
    let departures = Departures()
    let figures = DeskFigures()
    private let inbox = Mutex(Inbox())
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    package init() {
        (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Leaves a note; called on the database writer's thread in commit order, and by the ephemeral lane.
    package func committed(_ note: Note) {
        inbox.withLock { $0.notes.append(note) }
        ring.yield()
    }

    /// Fans out until the task is cancelled.
    func run() async {
        for await _ in bell {
            let notes = inbox.withLock { inbox in
                defer { inbox.notes.removeAll(keepingCapacity: true) }
                return inbox.notes
            }
            for note in notes { distribute(note) }
        }
    }

    private func distribute(_ note: Note) {
        switch note {
        case .change(let change): distribute(change)
        case .receipt(let change): distribute(change)
        case .shop(let shop, let feed, let staff): distribute(shop, feed: feed, staff: staff)
        case .typing(let typing): distribute(typing)
        case .presence(let change): distribute(change)
        case .errand(let errand): errand()
        }
    }

    private func distribute(_ change: Change) {
        figures.committed(change)
        let conversation = change.conversation
        let publicEvents = change.events.filter(\.body.isPublic)
        if !change.events.isEmpty {
            tell(.conversation(conversation.id), number: conversation.lastSeq, .events(conversation.id, change.events), for: .staff)
        }
        if !publicEvents.isEmpty {
            tell(
                .customer(conversation.customer), number: conversation.lastPubSeq, about: conversation.id,
                .events(conversation.id, publicEvents), for: .customer)
        }
        distributeFeed(
            .conversation(conversation.row), seq: conversation.version, workspace: conversation.workspace, shop: conversation.shop)
    }

    /// Rights change here, in commit order: whoever lost the shop hears nothing that was written after that.
    private func distribute(_ shop: Shop, feed: Int64, staff: Set<MemberID>?) {
        if let staff {
            for subscriber in registry.subscribers(to: .feed(shop.workspace)) { subscriber.staffChanged(of: shop.id, to: staff) }
            tellAvailability(in: shop.workspace)
        }
        distributeFeed(.shop(shop.id), seq: feed, workspace: shop.workspace, shop: shop.id)
    }

    /// Who may not see the shop gets the number alone, so that nobody's cursor has holes.
    private func distributeFeed(_ change: FeedItem.Change, seq: Int64, workspace: WorkspaceID, shop: ShopID) {
        let topic = Topic.feed(workspace)
        let subscribers = registry.subscribers(to: topic)
        guard !subscribers.isEmpty else { return }
        let visible = Delivered(topic: topic, number: seq, frame: OutgoingFrame(.feed([FeedItem(seq: seq, change: change)]), for: .staff))
        let hidden = Delivered(topic: topic, number: seq, frame: OutgoingFrame(.feed([FeedItem(seq: seq, change: .hidden)]), for: .staff))
        figures.delivered(subscribers.count)
        for subscriber in subscribers { subscriber.deliver(subscriber.scope.contains(shop) ? visible : hidden) }
    }

    private func distribute(_ change: ReceiptChange) {
        let conversation = change.conversation
        let receipt = change.receipt
        tell(
            .conversation(conversation.id), number: nil,
            .receipt(conversation.id, by: receipt.by, delivered: receipt.delivered, read: receipt.read), for: .staff)
        switch receipt.by {
        case .member(let member, _):
            tell(
                .customer(conversation.customer), number: nil,
                .receipt(conversation.id, by: receipt.by, delivered: change.publicDelivered, read: change.publicRead), for: .customer)
            let mark = OutgoingFrame(
                .mark(conversation.id, read: receipt.read, customerMessages: receipt.readCustomerMessages), for: .staff)
            for subscriber in registry.sessions(of: member) { subscriber.deliver(mark) }
        case .customer, .system:
            // Its own other tabs clear their badge.
            tell(
                .customer(conversation.customer), number: nil,
                .receipt(conversation.id, by: receipt.by, delivered: change.publicDelivered, read: change.publicRead), for: .customer)
        }
    }

    private func distribute(_ typing: Typing) {
        let frame = ServerFrame.typing(typing.conversation, by: typing.by, on: typing.on)
        tell(.conversation(typing.conversation), number: nil, frame, for: .staff, except: typing.connection)
        if typing.by.audience == .staff { tell(.customer(typing.customer), number: nil, frame, for: .customer) }
    }

    private func distribute(_ change: PresenceChange) {
        let frame = OutgoingFrame(change.staffFrame, for: .staff)
        for subscriber in registry.subscribers(to: .feed(change.workspace)) where change.shop.map(subscriber.scope.contains) ?? true {
            subscriber.deliver(frame)
        }
        if case .member = change.who { tellAvailability(in: change.workspace) }
    }

    private func tellAvailability(in workspace: WorkspaceID) {
        let frames = [true: OutgoingFrame(.availability(true), for: .customer), false: OutgoingFrame(.availability(false), for: .customer)]
        var byShop: [ShopID: Bool] = [:]
        for customer in registry.customers(in: workspace) {
            let available = byShop[customer.shop] ?? isAvailable(shop: customer.shop, in: workspace)
            byShop[customer.shop] = available
            if let frame = frames[available] { customer.subscriber.deliver(frame) }
        }
    }

    /// Is a member connected, or gone for a moment only, who serves this shop?
    func isAvailable(shop: ShopID, in workspace: WorkspaceID) -> Bool {
        registry.subscribers(to: .feed(workspace)).contains { $0.scope.contains(shop) }
            || departures.notMissed.contains { $0.principal.isStaff(of: workspace) && $0.scope.contains(shop) }
    }

    /// Who of a workspace is present, as `scope` may see it.
    func online(in workspace: WorkspaceID, scope: ShopScope) -> (customers: [CustomerID], members: [MemberID]) {
        var customers: Set<CustomerID> = []
        var members: Set<MemberID> = []
        for principal in registry.all.map(\.principal) + departures.notMissed.map(\.principal) where principal.workspace == workspace {
            switch principal {
            case .member(let member): members.insert(member.member)
            case .customer(let customer): if scope.contains(customer.shop) { customers.insert(customer.customer) }
            }
        }
        return (customers.sorted(), members.sorted())
    }

    private func tell(
        _ topic: Topic, number: Int64?, about conversation: ConversationID? = nil, _ frame: @autoclosure () -> ServerFrame,
        for audience: Audience, except connection: String? = nil
    ) {
        let subscribers = registry.subscribers(to: topic)
        guard !subscribers.isEmpty else { return }
        let delivered = Delivered(topic: topic, number: number, conversation: conversation, frame: OutgoingFrame(frame(), for: audience))
        figures.delivered(connection == nil ? subscribers.count : subscribers.count { $0.connection != connection })
        for subscriber in subscribers where subscriber.connection != connection { subscriber.deliver(delivered) }
    }
}
