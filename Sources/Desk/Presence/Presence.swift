import Bus
import Storage
import Synchronization
import Vocabulary

/// Who is connected, over all instances: this one writes down its own, at most once a second, and reads the others'.
final class Presence: Sendable {
    fileprivate struct State {
        var elsewhere = Elsewhere()
        /// Everybody who is with another living instance, as it was told here.
        var present: [Principal.Person: PresentPerson] = [:]
        var serving: [MemberID: Set<ShopID>] = [:]
        var conversations: [CustomerID: ConversationID] = [:]
        /// What the table says of this instance; nil before it said anything.
        var written: [Principal.Person: PresentPerson]?
        var turns = -1
        var beat: Int64 = 0
        var version: Int64 = 0
        var wroteAt: Timestamp?
        var lookedAt: Timestamp?
        var mustLook = true
    }

    /// How long an instance's rows count without a beat.
    static let life = Duration.seconds(15)
    /// The time between two beats where nobody comes or goes, and between two looks where no hint comes.
    static let interval = Duration.seconds(5)
    /// Who comes above that is written a second later: the writer must not be held up by a crowd.
    static let mostAtOnce = 1_000

    private let instance: InstanceID
    private let database: any Database
    private let bus: any MessageBus
    private let registry: SubscriberRegistry
    private let departures: Departures
    private let state = Mutex(State())

    init(_ sharing: DeskSharing, database: any Database, bus: any MessageBus, registry: SubscriberRegistry, departures: Departures) {
        instance = sharing.instance
        self.database = database
        self.bus = bus
        self.registry = registry
        self.departures = departures
    }

    // MARK: What is known

    func isPresent(_ person: Principal.Person) -> Bool {
        state.withLock { $0.present[person] != nil }
    }

    /// Who of a workspace is with another instance.
    func present(in workspace: WorkspaceID) -> [PresentPerson] {
        state.withLock { $0.present.values.filter { $0.workspace == workspace } }
    }

    /// Is a member who serves this shop with another instance?
    func isServed(_ shop: ShopID, in workspace: WorkspaceID) -> Bool {
        state.withLock { state in
            state.present.values.contains { present in
                guard case .member(let member) = present.person, present.workspace == workspace else { return false }
                return present.seesAll || state.serving[member]?.contains(shop) ?? false
            }
        }
    }

    /// The agents who serve `shop` are now `staff`: known before the next look.
    func staffChanged(of shop: ShopID, to staff: Set<MemberID>) {
        state.withLock { state in
            for case .member(let member) in state.present.keys {
                if staff.contains(member) {
                    state.serving[member, default: []].insert(shop)
                } else {
                    state.serving[member]?.remove(shop)
                }
            }
        }
    }

    /// Another instance has written, or hints may have been lost: looked at in the next turn.
    func lookAgain() {
        state.withLock { $0.mustLook = true }
    }

    // MARK: Each second

    /// Writes who is here, reads who is elsewhere.
    /// - Throws: when the database doesn't answer; what is known stays.
    func turn(at now: Timestamp) async throws {
        try await write(at: now)
        let (isDue, known) = state.withLock { state in
            let isDue = state.mustLook || state.lookedAt.map { $0 + Self.interval <= now } ?? true
            return (isDue, state.elsewhere.versions)
        }
        guard isDue else { return }
        try await look(known: known, at: now)
    }

    /// What changed elsewhere since the last question, as this instance's connections hear it.
    func changes(at now: Timestamp) -> [PresenceChange] {
        let (came, went, conversations) = state.withLock { state in
            guard let present = state.elsewhere.changed(at: now) else {
                return ([PresentPerson](), [PresentPerson](), [CustomerID: ConversationID]())
            }
            let before = state.present
            state.present = present
            let came = present.values.filter { before[$0.person] != $0 }
            let went = before.values.filter { present[$0.person] == nil }
            state.conversations = state.conversations.filter { present[.customer($0.key)] != nil }
            return (came, went, state.conversations)
        }
        return came.map { PresenceChange($0, conversation: $0.customer.flatMap { conversations[$0] }, isOnline: true) }
            + went.filter { !isHere($0.person) }.map { PresenceChange($0, conversation: nil, isOnline: false) }
    }

    /// Nobody is connected here any more, but they may come back elsewhere: that is no departure.
    func leave() async throws {
        let instance = instance
        guard state.withLock({ $0.written != nil }) else { return }
        try await database.write { try PresenceStore.leave(instance, for: Departures.sharedGrace, on: $0) }
        bus.ring(.presenceChanged(instance))
    }

    private func isHere(_ person: Principal.Person) -> Bool {
        registry.isOnline(person) || departures.isPending(person)
    }

    // MARK: Writing

    private func write(at now: Timestamp) async throws {
        let turns = registry.turns
        guard let entry = state.withLock({ $0.wantsWriting(turns: turns, at: now) }) ? makeEntry() : nil else { return }
        let hasChanged = entry.isFirst || !entry.came.isEmpty || !entry.went.isEmpty
        guard hasChanged || state.withLock({ $0.isBeatDue(at: now) }) else { return noteTurns(turns) }
        let isNew = try await database.write { try PresenceStore.write(entry, on: $0) }
        state.withLock { state in
            state.beat = entry.beat
            state.version = entry.version
            state.wroteAt = now
            state.written = Dictionary(entry.all.map { ($0.person, $0) }) { $1 }
        }
        noteTurns(turns)
        if hasChanged || isNew { bus.ring(.presenceChanged(instance)) }
    }

    /// Looked at again next time where the crowd was too large, or somebody is in between.
    private func noteTurns(_ turns: Int) {
        let isWhole = state.withLock { $0.written?.count } == here().count && departures.notMissed.isEmpty
        state.withLock { $0.turns = isWhole ? turns : -1 }
    }

    private func here() -> [Principal.Person: PresentPerson] {
        let principals = registry.all.map(\.principal) + departures.notMissed.map(\.principal)
        return Dictionary(principals.map { ($0.person, PresentPerson($0)) }) { $1 }
    }

    private func makeEntry() -> PresenceStore.Entry {
        let here = here()
        return state.withLock { state in
            let written = state.written ?? [:]
            let went = written.values.filter { here[$0.person] != $0 }
            let came = here.values.filter { written[$0.person] != $0 }.prefix(Self.mostAtOnce)
            var all = written
            for person in went { all.removeValue(forKey: person.person) }
            for person in came { all[person.person] = person }
            let hasChanged = !went.isEmpty || !came.isEmpty
            return PresenceStore.Entry(
                instance: instance, beat: state.beat + 1, version: state.version + (hasChanged ? 1 : 0), life: Self.life,
                came: Array(came), went: went, all: Array(all.values), isFirst: state.written == nil)
        }
    }

    // MARK: Reading

    private func look(known: [InstanceID: Int64], at now: Timestamp) async throws {
        state.withLock { $0.mustLook = false }
        let instance = instance
        let view: PresenceStore.View
        do {
            view = try await database.read { try PresenceStore.view(besides: instance, known: known, on: $0) }
        } catch {
            lookAgain()
            throw error
        }
        let forgotten = state.withLock { state in
            state.elsewhere.heard(view.signs, at: now)
            for sign in view.signs {
                if let persons = view.persons[sign.instance] {
                    state.elsewhere.read(persons, of: sign.instance, version: sign.version)
                }
            }
            state.serving = view.serving
            state.conversations.merge(view.conversations) { $1 }
            state.lookedAt = now
            return state.elsewhere.forgotten(at: now)
        }
        for instance in forgotten { try await database.write { try PresenceStore.forget(instance, on: $0) } }
    }
}

extension Presence.State {
    fileprivate func wantsWriting(turns: Int, at now: Timestamp) -> Bool {
        turns != self.turns || isBeatDue(at: now)
    }

    fileprivate func isBeatDue(at now: Timestamp) -> Bool {
        wroteAt.map { $0 + Presence.interval <= now } ?? true
    }
}

extension PresentPerson {
    fileprivate var customer: CustomerID? {
        if case .customer(let customer) = person { customer } else { nil }
    }
}
