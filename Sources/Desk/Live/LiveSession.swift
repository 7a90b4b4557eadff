import DeskProtocol
import Storage
import Synchronization
package import Vocabulary

/// A principal that is connected, over whatever transport: its open topics, and the verbs that it may use.
///
/// Frames are handled one after the other by whoever feeds `handle`; deliveries come from `Delivery` at any time.
package final class LiveSession: Subscriber {
    private struct State {
        var scope: ShopScope
        var streams: [Topic: Stream] = [:]
        /// A customer's conversation, once there is one.
        var ownConversation: ConversationID?
        var typings: Allowance
        var isEnded = false
        /// Until `ready` was said nothing else is: what comes before is in what follows it.
        var isReady = false
        /// Counts changes of `scope` from outside, so that a slow look-up doesn't undo one.
        var scopeChanges = 0
    }

    package let principal: Principal
    package let connection: String
    let desk: DeskRoom
    let outlet: any SessionOutlet
    /// Under which key a customer's socket came; it must still be its shop's.
    let shopKey: String?
    private let state: Mutex<State>

    package init(_ principal: Principal, connection: String, shopKey: String? = nil, desk: DeskRoom, outlet: any SessionOutlet) {
        self.principal = principal
        self.connection = connection
        self.desk = desk
        self.outlet = outlet
        self.shopKey = shopKey
        let now = desk.clock.now()
        state = Mutex(State(scope: .only([]), typings: Allowance(5, per: .seconds(5), at: now)))
    }

    var scope: ShopScope { state.withLock { $0.scope } }

    var registry: SubscriberRegistry { desk.delivery.registry }

    /// Who it is, as events name it.
    var author: Author { principal.author }

    var audience: Audience { principal.audience }

    // MARK: Going out

    func emit(_ frame: ServerFrame) {
        outlet.emit(OutgoingFrame(frame, for: audience))
    }

    func deliver(_ frame: OutgoingFrame) {
        guard state.withLock({ $0.isReady }) else { return }
        outlet.emit(frame)
    }

    func say(_ ready: Ready) {
        emit(.ready(ready))
        state.withLock { $0.isReady = true }
    }

    /// Sent under the lock: two deliveries of one topic must leave in their order, and the outlet only queues.
    func deliver(_ delivered: Delivered) {
        state.withLock { state in
            // A tab that was open before the first message learns here which conversation is its own.
            if case .customer = delivered.topic, let own = delivered.conversation { state.ownConversation = own }
            guard let passed = state.streams[delivered.topic]?.receive(delivered) else { return }
            outlet.emit(passed.frame)
        }
    }

    func ping() {
        guard state.withLock({ $0.isReady }) else { return }
        let tops = tops
        emit(.ping(feed: tops.feed, conversations: tops.conversations))
    }

    /// The server is about to go (sync-protocol §11).
    func move(afterMilliseconds: Int64) {
        emit(.move(afterMilliseconds: afterMilliseconds))
    }

    func end(code: UInt16, reason: String) {
        outlet.close(code: code, reason: reason)
        finish()
    }

    /// The numbers up to which this session was sent everything, by what it has open.
    var tops: (feed: Int64?, conversations: [ConversationID: Int64]) {
        state.withLock { state in
            var feed: Int64?
            var conversations: [ConversationID: Int64] = [:]
            for (topic, stream) in state.streams {
                switch topic {
                case .feed: feed = stream.top
                case .conversation(let id): conversations[id] = stream.top
                case .customer: break
                }
            }
            if let own = state.ownConversation { conversations[own] = state.streams[customerTopic ?? .conversation(own)]?.top }
            return (feed, conversations)
        }
    }

    // MARK: Topics

    var customerTopic: Topic? {
        guard case .customer(let customer) = principal else { return nil }
        return .customer(customer.customer)
    }

    var isEnded: Bool { state.withLock { $0.isEnded } }

    /// Registers; true when it is the person's first live session, nil when the transport was gone already.
    func enter() -> Bool? {
        let isFirst = registry.add(self)
        guard !isEnded else {
            _ = registry.remove(self)
            return nil
        }
        return isFirst
    }

    var scopeChanges: Int { state.withLock { $0.scopeChanges } }

    /// Takes what was looked up; false when the rights changed meanwhile: look again.
    func remember(scope: ShopScope, lookedUpAt changes: Int) -> Bool {
        state.withLock { state in
            guard state.scopeChanges == changes else { return false }
            state.scope = scope
            return true
        }
    }

    /// Rights changed: true when that changes what may be seen.
    func change(scope change: (ShopScope) -> ShopScope) -> Bool {
        state.withLock { state in
            let changed = change(state.scope)
            state.scopeChanges += 1
            defer { state.scope = changed }
            return changed != state.scope
        }
    }

    func remember(conversation: ConversationID) {
        state.withLock { $0.ownConversation = conversation }
    }

    var ownConversationID: ConversationID? { state.withLock { $0.ownConversation } }

    /// Up to where the client was sent everything of `topic`.
    func streamTop(_ topic: Topic) -> Int64? {
        state.withLock { $0.streams[topic]?.top }
    }

    func isOpen(_ topic: Topic) -> Bool {
        state.withLock { $0.streams[topic] != nil }
    }

    var openConversations: Int {
        state.withLock { state in
            state.streams.keys.count { if case .conversation = $0 { true } else { false } }
        }
    }

    /// Subscribes first and buffers; `settle` follows when the past was sent.
    func begin(_ topic: Topic, after cursor: Int64) {
        let goesOn = state.withLock { state in
            guard !state.isEnded else { return false }
            state.streams[topic] = Stream(after: cursor)
            return true
        }
        if goesOn { registry.subscribe(self, to: topic) }
    }

    /// Begins a topic that is open again from `cursor`; false when it was left meanwhile: rights that ended must not come back.
    func restart(_ topic: Topic, after cursor: Int64) -> Bool {
        state.withLock { state in
            guard state.streams[topic] != nil else { return false }
            state.streams[topic] = Stream(after: cursor)
            return true
        }
    }

    func sent(_ topic: Topic, upTo number: Int64) {
        state.withLock { $0.streams[topic]?.sent(upTo: number) }
    }

    /// False when so much came meanwhile that the past must be read again.
    func settle(_ topic: Topic) -> Bool {
        state.withLock { state in
            guard state.streams[topic] != nil else { return true }
            guard let waiting = state.streams[topic]?.settle() else { return false }
            for delivered in waiting { outlet.emit(delivered.frame) }
            return true
        }
    }

    func leave(_ topic: Topic) {
        state.withLock { _ = $0.streams.removeValue(forKey: topic) }
        registry.unsubscribe(self, from: [topic])
    }

    func leaveConversations() {
        let open = state.withLock { state in
            let open = state.streams.keys.filter { if case .conversation = $0 { true } else { false } }
            for topic in open { state.streams.removeValue(forKey: topic) }
            return open
        }
        registry.unsubscribe(self, from: open)
    }

    func takeTyping() -> Bool {
        state.withLock { $0.typings.take(at: desk.clock.now()) } == nil
    }

    // MARK: The end

    /// The transport is gone, or must go. Safe to call twice.
    package func finish() {
        let topics = state.withLock { state -> [Topic]? in
            guard !state.isEnded else { return nil }
            state.isEnded = true
            defer { state.streams = [:] }
            return Array(state.streams.keys)
        }
        guard let topics else { return }
        // Removed first: what subscribes later is refused.
        let wasLast = registry.remove(self)
        registry.unsubscribe(self, from: topics)
        if wasLast { desk.delivery.departures.left(principal, scope: scope, at: desk.clock.now()) }
    }
}
