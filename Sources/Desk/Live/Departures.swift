import Synchronization
import Vocabulary

/// Those who lost their last connection a moment ago: a reload is no departure.
final class Departures: Sendable {
    /// How long somebody may be away without having left.
    static let grace = Duration.seconds(4)
    /// Beside other instances: until who came back there is known here as well.
    static let sharedGrace = grace + .seconds(2)

    struct Departure: Sendable {
        let principal: Principal
        let scope: ShopScope
        let at: Timestamp
    }

    private let grace: Duration
    private let pending = Mutex<[Principal.Person: Departure]>([:])

    init(isShared: Bool) {
        grace = isShared ? Self.sharedGrace : Self.grace
    }

    func left(_ principal: Principal, scope: ShopScope, at time: Timestamp) {
        pending.withLock { $0[principal.person] = Departure(principal: principal, scope: scope, at: time) }
    }

    func returned(_ principal: Principal) {
        pending.withLock { _ = $0.removeValue(forKey: principal.person) }
    }

    /// Who has not been missed yet: they count as present.
    var notMissed: [Departure] { pending.withLock { Array($0.values) } }

    func isPending(_ person: Principal.Person) -> Bool {
        pending.withLock { $0[person] != nil }
    }

    /// Who is really gone by `time`.
    func due(at time: Timestamp) -> [Principal] {
        pending.withLock { pending in
            let due = pending.filter { $0.value.at + grace <= time }
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

    func isStaff(of workspace: WorkspaceID) -> Bool {
        if case .member(let member) = self { member.workspace == workspace } else { false }
    }

    var person: Person {
        switch self {
        case .member(let member): .member(member.member)
        case .customer(let customer): .customer(customer.customer)
        }
    }
}
