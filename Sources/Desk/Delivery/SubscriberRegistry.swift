import DeskProtocol
import Synchronization
import Vocabulary

/// Who is connected and hears what.
final class SubscriberRegistry: Sendable {
    fileprivate struct State {
        var byConnection: [String: any Subscriber] = [:]
        var byTopic: [Topic: [String: any Subscriber]] = [:]
        var byMember: [MemberID: Set<String>] = [:]
        var byCustomer: [CustomerID: Set<String>] = [:]
        var byWorkspace: [WorkspaceID: Int] = [:]
        /// Rises when somebody comes or goes: who watches needs no list to see that nothing changed.
        var turns = 0
    }

    private let state = Mutex(State())

    /// True when this is the principal's first live session.
    func add(_ subscriber: any Subscriber) -> Bool {
        state.withLock { state in
            if state.byConnection.updateValue(subscriber, forKey: subscriber.connection) == nil {
                state.byWorkspace[subscriber.principal.workspace, default: 0] += 1
            }
            state.turns += 1
            switch subscriber.principal {
            case .member(let member):
                return state.byMember[member.member, default: []].insertFirst(subscriber.connection)
            case .customer(let customer):
                return state.byCustomer[customer.customer, default: []].insertFirst(subscriber.connection)
            }
        }
    }

    /// True when it was the principal's last live session.
    func remove(_ subscriber: any Subscriber) -> Bool {
        state.withLock { state in
            guard state.byConnection.removeValue(forKey: subscriber.connection) != nil else { return false }
            state.turns += 1
            state.leave(subscriber.principal.workspace)
            switch subscriber.principal {
            case .member(let member): return state.byMember.removeLast(subscriber.connection, of: member.member)
            case .customer(let customer): return state.byCustomer.removeLast(subscriber.connection, of: customer.customer)
            }
        }
    }

    func subscribe(_ subscriber: any Subscriber, to topic: Topic) {
        state.withLock { state in
            guard state.byConnection[subscriber.connection] != nil else { return }
            state.byTopic[topic, default: [:]][subscriber.connection] = subscriber
        }
    }

    func unsubscribe(_ subscriber: any Subscriber, from topics: some Sequence<Topic>) {
        state.withLock { state in
            for topic in topics {
                state.byTopic[topic]?.removeValue(forKey: subscriber.connection)
                if state.byTopic[topic]?.isEmpty == true { state.byTopic.removeValue(forKey: topic) }
            }
        }
    }

    func subscribers(to topic: Topic) -> [any Subscriber] {
        state.withLock { Array($0.byTopic[topic, default: [:]].values) }
    }

    var all: [any Subscriber] {
        state.withLock { Array($0.byConnection.values) }
    }

    func sessions(of member: MemberID) -> [any Subscriber] {
        state.withLock { state in state.byMember[member, default: []].compactMap { state.byConnection[$0] } }
    }

    func sessions(of customer: CustomerID) -> [any Subscriber] {
        state.withLock { state in state.byCustomer[customer, default: []].compactMap { state.byConnection[$0] } }
    }

    /// The connected customers of a workspace with their shops.
    func customers(in workspace: WorkspaceID) -> [(subscriber: any Subscriber, shop: ShopID)] {
        all.compactMap { subscriber in
            guard case .customer(let customer) = subscriber.principal, customer.workspace == workspace else { return nil }
            return (subscriber, customer.shop)
        }
    }

    func isOnline(_ customer: CustomerID) -> Bool {
        state.withLock { $0.byCustomer[customer] != nil }
    }

    func isOnline(_ person: Principal.Person) -> Bool {
        switch person {
        case .member(let member): state.withLock { $0.byMember[member] != nil }
        case .customer(let customer): isOnline(customer)
        }
    }

    /// Is nobody of this workspace connected here?
    func isEmpty(of workspace: WorkspaceID) -> Bool {
        state.withLock { $0.byWorkspace[workspace] == nil }
    }

    /// Rises when somebody comes or goes.
    var turns: Int { state.withLock { $0.turns } }

    /// The connections of a shop's visitors.
    func visitors(of shop: ShopID) -> [any Subscriber] {
        all.filter { subscriber in
            if case .customer(let customer) = subscriber.principal { customer.shop == shop } else { false }
        }
    }

    /// Does anybody here hear of a receipt of `by` in this conversation?
    func hears(ofReceiptBy by: Author, in conversation: ConversationID, of customer: CustomerID) -> Bool {
        state.withLock { state in
            if state.byTopic[.conversation(conversation)] != nil || state.byTopic[.customer(customer)] != nil { return true }
            if case .member(let member, _) = by { return state.byMember[member] != nil }
            return false
        }
    }
}

extension SubscriberRegistry.State {
    fileprivate mutating func leave(_ workspace: WorkspaceID) {
        let left = (byWorkspace[workspace] ?? 1) - 1
        byWorkspace[workspace] = left > 0 ? left : nil
    }
}

extension Set {
    /// True when the set was empty before.
    fileprivate mutating func insertFirst(_ element: Element) -> Bool {
        defer { insert(element) }
        return isEmpty
    }
}

extension Dictionary where Value == Set<String> {
    /// True when nothing is left of `key`.
    fileprivate mutating func removeLast(_ connection: String, of key: Key) -> Bool {
        self[key]?.remove(connection)
        guard self[key]?.isEmpty == true else { return false }
        removeValue(forKey: key)
        return true
    }
}
