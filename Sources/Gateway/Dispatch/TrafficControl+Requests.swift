import Synchronization
import NIOCore
import Relay
import Routing
import Vocabulary

/// A node for one attempt, with what the relay needs of it.
///
/// A class: each event of an attempt copies what it holds, and a node has two dozen fields to be counted each time.
final class Turn: Sendable {
    let assignment: Assignment
    let node: Node

    init(assignment: Assignment, node: Node) {
        self.assignment = assignment
        self.node = node
    }
}

/// What a request gets when it asks for a node.
enum TurnAnswer {
    case turn(Turn)
    /// None now; `until`: the first known time at which there may be one.
    case wait(until: Moment?, WaitReason)
    case unserved(Unserved)
}

// What a running request asks.
extension TrafficControl {
    func settle(_ reservation: KeyLimits.Reservation, of key: KeyID, used: KeyUse?, at now: ClockReading) {
        state.withLock { state in
            state.keys[key]?.settle(reservation, used: used, at: now)
            guard state.sharing != nil, let allowance = state.keys[key]?.allowance else { return }
            state.sharing?.settle(reservation, of: key, used: used, below: allowance, at: now)
        }
    }

    /// So that it hears of the key's end.
    func began(_ request: ULID, by key: KeyID, waker: RelayWaker) {
        state.withLock { $0.running[key, default: [:]][request] = waker }
    }

    func ended(_ request: ULID, by key: KeyID) {
        state.withLock { state in
            state.running[key]?[request] = nil
            if state.running[key]?.isEmpty == true { state.running[key] = nil }
        }
    }

    /// A node for the next attempt. Who asks for the first time does not overtake those who wait.
    func turn(for request: RouteRequest, of workspace: WorkspaceID, ticket: WaitingTicket?, at now: Moment) -> TurnAnswer {
        let (answer, called) = state.withLock { state in
            state.floors[workspace]?.turn(for: request, ticket: ticket, at: now, using: &state.random) ?? (.unserved(.family), nil)
        }
        called?.wake()
        return answer
    }

    /// The attempt is over: its place is free, its outcome judged, the next in line called.
    func ended(_ attempt: AttemptID, _ outcome: Outcome, of workspace: WorkspaceID, at now: ClockReading) {
        let (changes, called) = state.withLock { state in
            state.floors[workspace]?.end(attempt, outcome, at: now.moment, using: &state.random) ?? ([], nil)
        }
        tell(changes, of: workspace, at: now)
        called?.wake()
    }

    /// A probe has ended.
    /// - Returns: whether it changed anything.
    @discardableResult
    func probed(
        _ node: NodeID, _ outcome: Outcome, evidence: ProbeEvidence, of workspace: WorkspaceID, at now: ClockReading
    ) -> Bool {
        let changes = state.withLock { state -> [PoolChange] in
            guard var floor = state.floors.removeValue(forKey: workspace) else { return [] }
            defer { state.floors[workspace] = floor }
            return floor.pool.probed(node, outcome, evidence: evidence, at: now.moment, using: &state.random)
        }
        tell(changes, of: workspace, at: now, source: .probe)
        if !changes.isEmpty { callNext(in: workspace) }
        return !changes.isEmpty
    }

    func mayRetry(in workspace: WorkspaceID, at now: Moment) -> Bool {
        state.withLock { $0.retries.takeRetry(of: workspace, at: now) }
    }

    /// A place in the line; nil when it is full.
    func join(_ request: RouteRequest, of workspace: WorkspaceID, length: Int, until: Moment, waker: RelayWaker) -> WaitingTicket? {
        state.withLock { state in
            guard var floor = state.floors.removeValue(forKey: workspace) else { return nil }
            defer { state.floors[workspace] = floor }
            guard floor.line.count < length else { return nil }
            return floor.line.join(waker, family: request.family, model: request.model, until: until)
        }
    }

    /// Nothing was free for it: back to the old place. If it was called, the call goes on to who waits for another model.
    func goBack(_ ticket: WaitingTicket, of workspace: WorkspaceID) {
        let called = state.withLock { state -> RelayWaker? in
            guard let entry = state.floors[workspace]?.line.goBack(ticket), entry.isCalled else { return nil }
            return state.floors[workspace]?.line.call { other in
                other.ticket > ticket && (other.model == nil || other.model != entry.model || other.family != entry.family)
            }?.waiter
        }
        called?.wake()
    }

    /// It waits no longer. If it had been called, the next one is.
    func leave(_ ticket: WaitingTicket, of workspace: WorkspaceID) {
        let wasCalled = state.withLock { $0.floors[workspace]?.line.leave(ticket)?.isCalled ?? false }
        if wasCalled { callNext(in: workspace) }
    }

    func callNext(in workspace: WorkspaceID) {
        let called = state.withLock { $0.floors[workspace]?.line.call()?.waiter }
        called?.wake()
    }
}

// What changes a floor changes it in place: to ask an optional copy of it cost as much as the answer.
extension TrafficControl.Floor {
    fileprivate mutating func turn(
        for request: RouteRequest, ticket: WaitingTicket?, at now: Moment, using random: inout SystemRandomNumberGenerator
    ) -> (TurnAnswer, RelayWaker?) {
        if ticket == nil, holdsUp(request) { return (.wait(until: nil, .busy), nil) }
        switch pool.pick(for: request, at: now, using: &random) {
        case .unserved(let why): return (.unserved(why), nil)
        case .wait(let until, let reason): return (.wait(until: until, reason), nil)
        case .node(let assignment):
            guard let node = nodes[assignment.node.id] else {
                _ = pool.ended(assignment.attempt, .notSent(.local), at: now, using: &random)
                return (.unserved(.family), nil)
            }
            guard let ticket else { return (.turn(Turn(assignment: assignment, node: node)), nil) }
            _ = line.leave(ticket)
            // There may be room for more than this one.
            return (.turn(Turn(assignment: assignment, node: node)), line.call()?.waiter)
        }
    }

    fileprivate mutating func end(
        _ attempt: AttemptID, _ outcome: Outcome, at now: Moment, using random: inout SystemRandomNumberGenerator
    ) -> ([PoolChange], RelayWaker?) {
        let changes = pool.ended(attempt, outcome, at: now, using: &random)
        return (changes, line.isEmpty ? nil : line.call()?.waiter)
    }

    /// Others wait for the same: what is free now is theirs, they are on their way. Who asks for one node only can't take it from them.
    func holdsUp(_ request: RouteRequest) -> Bool {
        guard !line.isEmpty, request.owner == nil, let model = request.model else { return false }
        return line.hasWaiter(family: request.family, model: model)
    }
}
