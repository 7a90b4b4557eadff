import Bus
import DeskProtocol
import Storage
import Synchronization
import Vocabulary

/// Brings what was committed to everyone who hears it: one consumer, in commit order, each frame encoded once.
///
/// The writer's thread only leaves a note here (`committed`); `DeliveryService` reads the notes and fans out.
package final class Delivery: Sendable {
    /// Something to tell.
    enum Note: Sendable {
        case change(Change)
        case receipt(ReceiptChange)
        /// `staff` where that changed.
        case shop(Shop, feed: Int64, staff: Set<MemberID>?)
        case typing(Typing)
        case presence(PresenceChange)
        /// Somebody wants to know whether the notes are still read.
        case errand(@Sendable () -> Void)
        /// Another instance's word that there is something up to this number.
        case feedHint(WorkspaceID, Int64)
        case receiptHint(WorkspaceID, Int64)
        /// Hints may have been lost.
        case lookAgain
        /// Another instance cut off a shop's visitors.
        case shopHint(ShopID)
        case foundFeed(WorkspaceID, ForeignNews.Found<FeedNews>, after: Int64)
        case foundReceipts(WorkspaceID, ForeignNews.Found<ReceiptChange>, after: Int64)
        case tops([(workspace: WorkspaceID, feed: Int64, receipts: Int64)])
        case judgedKeys(ShopID, refused: Set<String>)
    }

    /// Somebody writes; forgotten after `ProtocolLimits.typingMilliseconds`.
    struct Typing: Hashable, Sendable {
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

    let registry: SubscriberRegistry
    let departures: Departures
    let figures = DeskFigures()
    /// Nil in a process that has the database for itself.
    let shared: SharedDelivery?
    let presence: Presence?
    private let inbox = Mutex(Inbox())
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    init(_ sharing: DeskSharing?, database: any Database, bus: any MessageBus) {
        (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        let registry = SubscriberRegistry()
        let departures = Departures(isShared: sharing != nil)
        self.registry = registry
        self.departures = departures
        shared = sharing.map { SharedDelivery($0, database: database, bus: bus, registry: registry) }
        presence = sharing.map { Presence($0, database: database, bus: bus, registry: registry, departures: departures) }
    }

    /// Leaves a note; called on the database writer's thread in commit order, and by the ephemeral lane.
    func committed(_ note: Note) {
        inbox.withLock { $0.notes.append(note) }
        ring.yield()
    }

    /// Fans out until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in bell {
                let notes = inbox.withLock { inbox in
                    defer { inbox.notes.removeAll(keepingCapacity: true) }
                    return inbox.notes
                }
                if let shared {
                    ring(notes, by: shared)
                    for note in notes { for look in distribute(note, shared) { group.addTask { await self.answer(look, shared) } } }
                } else {
                    for note in notes { distribute(note) }
                }
            }
            group.cancelAll()
        }
    }

    private func answer(_ look: SharedDelivery.Look, _ shared: SharedDelivery) async {
        if let note = await shared.read(look) { committed(note) }
    }

    private func distribute(_ note: Note) {
        switch note {
        case .change(let change):
            figures.committed(change)
            _ = tell(FeedNews(change))
        case .receipt(let change): distribute(change)
        case .shop(let shop, let feed, let staff): _ = tell(FeedNews(shop, number: feed, staff: staff))
        case .typing(let typing): distribute(typing)
        case .presence(let change): distribute(change)
        case .errand(let errand): errand()
        // Nobody else is there to have something to say.
        case .feedHint, .receiptHint, .lookAgain, .shopHint, .foundFeed, .foundReceipts, .tops, .judgedKeys: break
        }
    }

    /// - Returns: what must be read, and comes back as a note.
    private func distribute(_ note: Note, _ shared: SharedDelivery) -> [SharedDelivery.Look] {
        switch note {
        case .change(let change):
            figures.committed(change)
            return wrote(FeedNews(change), with: shared)
        case .shop(let shop, let feed, let staff): return wrote(FeedNews(shop, number: feed, staff: staff), with: shared)
        case .receipt(let change): return wrote(change, with: shared)
        case .feedHint(let workspace, let number): return heard(of: number, inFeed: workspace, shared)
        case .receiptHint(let workspace, let number): return heard(of: number, inReceipts: workspace, shared)
        case .foundFeed(let workspace, let found, let after): return self.found(found, after: after, in: workspace, shared)
        case .foundReceipts(let workspace, let found, let after): return self.found(found, after: after, in: workspace, shared)
        case .lookAgain: return lookEverywhere(shared)
        case .tops(let tops): return found(tops: tops, shared)
        case .shopHint(let shop): return judge(shop)
        case .judgedKeys(let shop, let refused):
            cutOff(refused, of: shop)
            return []
        case .typing, .presence, .errand:
            distribute(note)
            return []
        }
    }

    /// Tells one number of a feed to everyone here who hears it.
    func tell(_ news: FeedNews) -> [SharedDelivery.Look] {
        switch news.what {
        case .change(let change, let showsRow):
            distribute(change, number: news.number, showsRow: showsRow)
            return []
        case .shop(let shop, let staff):
            distribute(shop, feed: news.number, staff: staff)
            return news.isForeign ? changed(shop) : []
        }
    }

    private func distribute(_ change: Change, number: Int64, showsRow: Bool) {
        let conversation = change.conversation
        if let last = change.events.last {
            tell(.conversation(conversation.id), number: last.seq, .events(conversation.id, change.events), for: .staff)
            let publicEvents = change.events.filter(\.body.isPublic)
            if let last = publicEvents.last {
                tell(
                    .customer(conversation.customer), number: last.pubSeq, about: conversation.id,
                    .events(conversation.id, publicEvents), for: .customer)
            }
        }
        distributeFeed(
            showsRow ? .conversation(conversation.row) : .hidden, seq: number, workspace: conversation.workspace, shop: conversation.shop)
    }

    /// Rights change here, in commit order: whoever lost the shop hears nothing that was written after that.
    private func distribute(_ shop: Shop, feed: Int64, staff: Set<MemberID>?) {
        if let staff {
            for subscriber in registry.subscribers(to: .feed(shop.workspace)) { subscriber.staffChanged(of: shop.id, to: staff) }
            presence?.staffChanged(of: shop.id, to: staff)
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

    func distribute(_ change: ReceiptChange) {
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
            || presence?.isServed(shop, in: workspace) ?? false
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
        for present in presence?.present(in: workspace) ?? [] {
            switch present.person {
            case .member(let member): members.insert(member)
            case .customer(let customer): if present.shop.map(scope.contains) ?? false { customers.insert(customer) }
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
