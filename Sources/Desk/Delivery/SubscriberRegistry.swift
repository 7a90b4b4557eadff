import DeskProtocol
import Synchronization
import Vocabulary

/// Who is connected and hears what.
final class SubscriberRegistry: Sendable {
    private struct State {
        var byConnection: [String: any Subscriber] = [:]
        var byTopic: [Topic: [String: any Subscriber]] = [:]
        var byMember: [MemberID: Set<String>] = [:]
        var byCustomer: [CustomerID: Set<String>] = [:]
    }

    private let state = Mutex(State())

    /// True when this is the principal's first live session.
    func add(_ subscriber: any Subscriber) -> Bool {
        state.withLock { state in
            state.byConnection[subscriber.connection] = subscriber
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
