import Synchronization
import Vocabulary

/// Those who lost their last connection a moment ago: a reload is no departure.
final class Departures: Sendable {
    /// How long somebody may be away without having left.
    static let grace = Duration.seconds(4)

    private let pending = Mutex<[Principal.Person: (principal: Principal, at: Timestamp)]>([:])

    func left(_ principal: Principal, at time: Timestamp) {
        pending.withLock { $0[principal.person] = (principal, time) }
    }

    /// True when they had not been missed yet.
    func returned(_ principal: Principal) -> Bool {
        pending.withLock { $0.removeValue(forKey: principal.person) } != nil
    }

    /// Who is really gone by `time`.
    func due(at time: Timestamp) -> [Principal] {
        pending.withLock { pending in
            let due = pending.filter { $0.value.at + Self.grace <= time }
            for person in due.keys { pending.removeValue(forKey: person) }
            return due.values.map(\.principal)
        }
    }
}

extension Principal {
    /// Who it is, whatever the session, role or name.
    enum Person: Hashable, Sendable {
        case member(MemberID)
        case customer(CustomerID)
    }

    var person: Person {
        switch self {
        case .member(let member): .member(member.member)
        case .customer(let customer): .customer(customer.customer)
        }
    }
}
