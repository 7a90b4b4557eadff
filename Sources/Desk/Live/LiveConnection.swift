import DeskProtocol
import Synchronization
package import Vocabulary

/// One socket: parses its frames, lets them wait their turn, opens a `LiveSession` at `init`.
///
/// Idle it owns no task: one is started when frames come and ends when they are done, so that a quiet socket costs only its memory.
package final class LiveConnection: Sendable {
    /// Which socket it is: sockets of one side take no tickets of the other.
    package enum Side: Sendable, CustomStringConvertible {
        case staff
        /// Of the shop that has this public key.
        case customer(ShopID, key: String)

        package var description: String {
            switch self {
            case .staff: "staff"
            case .customer(let shop, _): "customer of \(shop)"
            }
        }
    }

    fileprivate struct State {
        var waiting: [Arrived] = []
        var waitingSends = 0
        var isWorking = false
        var session: LiveSession?
        var errors: Allowance
        /// What is no send has its own measure.
        var others: Allowance
        var isClosed = false
    }

    /// A frame, and whom to tell when it has been dealt with, whatever came of it.
    fileprivate struct Arrived {
        let frame: ClientFrame
        let handled: @Sendable () -> Void
    }

    /// Frames that may wait, sends apart.
    fileprivate static let waitingLimit = 64

    package let id: String
    private let side: Side
    private let desk: DeskRoom
    private let outlet: any SessionOutlet
    private let state: Mutex<State>

    package init(_ id: String, side: Side, desk: DeskRoom, outlet: any SessionOutlet) {
        self.id = id
        self.side = side
        self.desk = desk
        self.outlet = outlet
        let now = desk.clock.now()
        state = Mutex(State(errors: Allowance(8, per: .seconds(10), at: now), others: Allowance(400, per: .seconds(5), at: now)))
    }

    /// Did `init` succeed?
    package var isOpen: Bool { state.withLock { $0.session != nil } }

    // MARK: From the transport

    /// - Parameter handled: called once, on any thread, when the frame has been dealt with or thrown away.
    package func received(_ text: UnsafeRawBufferPointer, handled: @escaping @Sendable () -> Void = {}) {
        do throws(FrameError) {
            enqueue(Arrived(frame: try ClientFrame.parse(text), handled: handled))
        } catch {
            handled()
            refuse(error)
        }
    }

    /// A frame came that is held back, because the server failed on its like before: not even parsed.
    package func quarantined(incident: String) {
        refuse(FrameError(.inputQuarantined, "frames like this are held back: incident \(incident)"))
    }

    package func receivedBinary() {
        refuse(FrameError(.binaryNotSpoken, "frames are text"))
    }

    /// `init` took too long (sync-protocol §3).
    package func openingLate() {
        if !isOpen { refuse(FrameError(.initLate, "init within 10 s")) }
    }

    package func overflowed() {
        state.withLock { $0.session }?.overflowed()
    }

    /// The server is about to go (sync-protocol §11).
    package func move(afterMilliseconds: Int64) {
        state.withLock { $0.session }?.move(afterMilliseconds: afterMilliseconds)
    }

    package func closed() {
        let (session, dropped) = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return (state.session, state.waiting)
        }
        for arrived in dropped { arrived.handled() }
        session?.finish()
    }

    // MARK: In turn

    private enum Admission {
        case work, wait, refuse, drop
    }

    private func enqueue(_ arrived: Arrived) {
        let admission = state.withLock { state -> Admission in
            guard !state.isClosed else { return .drop }
            guard state.admits(arrived.frame, at: desk.clock.now()) else { return .refuse }
            state.waiting.append(arrived)
            if case .send = arrived.frame { state.waitingSends += 1 }
            defer { state.isWorking = true }
            return state.isWorking ? .wait : .work
        }
        switch admission {
        // Owned by this connection: it ends with the frames at hand, and a durable write must not be cut off by a closing socket.
        case .work: Task { await work() }
        case .wait: break
        case .refuse:
            arrived.handled()
            refuseSurplus(arrived.frame)
        case .drop: arrived.handled()
        }
    }

    private func refuseSurplus(_ frame: ClientFrame) {
        let wait: Int64 = 1_000
        guard case .send(let send, let ref) = frame else {
            return refuse(FrameError(.tooManyInFlight, "wait for answers", retryAfterMilliseconds: wait))
        }
        let error = FrameError(
            .tooManyInFlight, "at most \(ProtocolLimits.inFlight) unanswered sends", ref: ref, retryAfterMilliseconds: wait)
        outlet.emit(OutgoingFrame(.nack(error, clientID: send.clientID), for: .staff))
    }

    private func work() async {
        while let arrived = next() {
            if let session = state.withLock({ $0.session }) {
                if await !session.handle(arrived.frame) { countError() }
            } else {
                await open(arrived.frame)
            }
            arrived.handled()
        }
    }

    private func next() -> Arrived? {
        state.withLock { state in
            guard !state.isClosed, !state.waiting.isEmpty else {
                state.isWorking = false
                return nil
            }
            let arrived = state.waiting.removeFirst()
            // Counted off before its answer leaves: a client at its limit sends the next as soon as it has that answer.
            if case .send = arrived.frame { state.waitingSends -= 1 }
            return arrived
        }
    }

    private func open(_ frame: ClientFrame) async {
        guard case .initialise(let opening) = frame else { return refuse(FrameError(.initExpected, "the first frame is init")) }
        guard opening.protocolVersion == ProtocolLimits.version else {
            return refuse(FrameError(.protocolUnsupported, "this server speaks protocol \(ProtocolLimits.version)"))
        }
        do {
            let principal = try await desk.tickets.redeem(opening.ticket)
            guard side.admits(principal) else { throw DeskError.refused(.badTicket, "a ticket of another socket") }
            try await open(LiveSession(principal, connection: id, shopKey: side.key, desk: desk, outlet: outlet), opening.cursors)
        } catch {
            refuse(FrameError(refusing: error))
        }
    }

    private func open(_ session: LiveSession, _ cursors: Cursors) async throws {
        guard adopt(session) else { return }
        do {
            try await session.begin(cursors)
        } catch {
            // Half open it would look healthy and hear nothing: better a new try.
            session.finish()
            outlet.close(code: 1013, reason: "could not begin: try again")
            throw error
        }
    }

    private func adopt(_ session: LiveSession) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.session = session
            return true
        }
    }

    // MARK: Refusing

    private func refuse(_ error: FrameError) {
        outlet.emit(OutgoingFrame(.error(error), for: .staff))
        if let code = error.code.closeCode {
            outlet.close(code: code, reason: error.code.rawValue)
        } else {
            countError()
        }
    }

    private func countError() {
        let isTooMany = state.withLock { $0.errors.take(at: desk.clock.now()) } != nil
        if isTooMany { outlet.close(code: 1008, reason: "too many errors") }
    }
}

extension LiveConnection.State {
    fileprivate mutating func admits(_ frame: ClientFrame, at time: Timestamp) -> Bool {
        if case .send = frame { return waitingSends < Int(ProtocolLimits.inFlight) }
        return waiting.count - waitingSends < LiveConnection.waitingLimit && others.take(at: time) == nil
    }
}

extension LiveConnection.Side {
    fileprivate var key: String? {
        if case .customer(_, let key) = self { key } else { nil }
    }

    fileprivate func admits(_ principal: Principal) -> Bool {
        switch (self, principal) {
        case (.staff, .member): true
        case (.customer(let shop, _), .customer(let customer)): customer.shop == shop
        default: false
        }
    }
}
