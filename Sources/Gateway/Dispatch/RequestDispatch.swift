import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
import Routing
import Vocabulary

/// One client's request from its head to the ledger's last word: the machine that joins keys, scan, plan, meter and ledger.
///
/// It has no socket and no timer (`Dispatch`); what needs the database is asked in a task that wakes it. Everything here runs on the event
/// loop of the client's connection.
final class RequestDispatch: Dispatch {
    enum Stage {
        case fresh
        /// The body comes in.
        case gathering
        /// Something is asked of the database or of a node's list; goes on with `resume`.
        case asking
        /// In line for a node.
        case waiting(WaitingTicket, until: NIODeadline)
        case trying
        case ended
    }

    /// What is known of the request once it was admitted. A class, for it is looked at in every step and has many fields.
    final class Admitted {
        let key: GatewayKey
        let entry: LedgerEntry
        let reservation: KeyLimits.Reservation
        var plan: RouteRequest

        init(key: GatewayKey, entry: LedgerEntry, reservation: KeyLimits.Reservation, plan: RouteRequest) {
            self.key = key
            self.entry = entry
            self.reservation = reservation
            self.plan = plan
        }
    }

    /// What its body says. A class for the same reason.
    final class ScannedBody {
        let scan: RequestScan

        init(_ scan: RequestScan) {
            self.scan = scan
        }
    }

    /// After this long no new attempt is begun: the client has waited enough for an honest answer.
    static let lastAttempt = TimeAmount.minutes(3)

    let request: RelayRequest
    let traffic: Traffic
    let asked: AskedHeaders
    let tuning: GatewayTuning
    let id: ULID
    let arrivedAt: Timestamp
    var openedAt = NIODeadline.now()
    var stage = Stage.fresh
    var route: ModelRoute?
    var key: GatewayKey?
    var scanned: ScannedBody?
    var body = NodeRequestBody.none
    var gathered = ByteBuffer()
    var admitted: Admitted?
    var live: LiveRequest?
    var attempts = 0
    var attempt: Attempt?
    /// The error that the client gets when nothing is left.
    var best: StoredAnswer?
    /// What the last attempt died of, when no node answered at all.
    var lastFailure = Refusal.upstreamBroken
    var flags: RequestFlags = []
    var firstByteAt: NIODeadline?
    var resume: ((NIODeadline) -> [DispatchAction])?
    /// A whole answer is changed before the client gets it.
    var rewriting: Rewriting?
    /// The provider will keep the answer, and nobody has noted yet whose it is.
    var keepsAnswer = false
    /// The answer is results of a batch: what is still to be booked of them.
    var tally: BatchTally?
    /// The answer was made in the background before: what is to be booked of it.
    var debt: AnswerDebt?
    /// A message batch on its way to the node.
    var inspection: BatchInspection?
    /// Money that is held for a batch that is not made yet.
    var held: ResourceOwners.Hold?
    /// The provider runs code for it somewhere, and that was noted.
    var hasNotedContainer = false
    var isDraining = false
    /// Whether the client has been given a response's head. Before the first content this is a stream of our own pings.
    var hasResponded = false

    init(_ request: RelayRequest, traffic: Traffic) {
        self.request = request
        self.traffic = traffic
        asked = AskedHeaders(request.head.headers)
        tuning = traffic.settings.current
        arrivedAt = traffic.clock.now()
        // What the client is told, so that a support case can be looked up.
        id = request.number ?? ULID(request.requestID) ?? ULID.make(at: arrivedAt)
    }

    /// Whoever lets go of a request that has not ended must not leave its place at a node, its key's limits and its row open.
    deinit {
        if case .ended = stage { return }
        let now = NIODeadline.now()
        leaveLine()
        close(.failed, status: nil, code: "gateway.abandoned", from: attempt, at: now)
    }

    var family: ModelFamily { route?.family ?? .anthropic }
    var now: Timestamp { traffic.clock.now() }

    func handle(_ event: DispatchEvent, at now: NIODeadline) -> [DispatchAction] {
        if case .ended = stage { return [] }
        switch event {
        case .opened: return open(at: now)
        case .bodyGathered(let bytes): return take(bytes, at: now)
        case .bodyPart(let bytes): return inspect(bytes, at: now)
        case .bodyRead: return inspected(at: now)
        case .bodyTooLarge: return bodyTooLarge(limit: bodyLimit, at: now)
        case .attempt(let event): return hear(event, at: now)
        case .timer(let timer): return expired(timer, at: now)
        case .woken: return woken(at: now)
        case .clientLeft: return clientLeft(at: now)
        case .draining: return drain(at: now)
        }
    }

    private var bodyLimit: Int {
        switch route?.body {
        case .gathered(let limit), .streamed(let limit): limit
        case .some(.none), nil: 0
        }
    }

    private func woken(at now: NIODeadline) -> [DispatchAction] {
        if let key = admitted?.key ?? key, !traffic.keys.isActive(key.id, at: self.now) { return keyEnded(at: now) }
        switch stage {
        case .asking:
            return resume?(now) ?? []
        case .waiting(let ticket, let until): return tryAgain(ticket, until: until, at: now)
        default: return []
        }
    }

    private func drain(at now: NIODeadline) -> [DispatchAction] {
        isDraining = true
        guard case .waiting = stage else { return [] }
        return noNode(.stopping(family), at: now)
    }
}
