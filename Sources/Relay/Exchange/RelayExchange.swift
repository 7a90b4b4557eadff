import NIOCore
import NIOHTTP1

/// One client's request on its way through the relay: tells the dispatch what happens, and does what it says. Decides nothing.
///
/// Lives on the event loop of the client's connection, and only there. Whoever made it tells it of the client until the response is
/// finished, cut, or the client has left; then it lets go of everything at once.
package final class RelayExchange {
    enum Attempt {
        case none
        case dialling(Dial, NodeRequest)
        case running(NodeConnection)
    }

    enum Response {
        case none, begun
    }

    let home: RelayLoop
    var line: (any ClientLine)?
    var dispatch: (any Dispatch)?
    var id: ExchangeID?
    var attempt = Attempt.none
    var response = Response.none
    var intake: BodyIntake
    var deadlines = Deadlines()
    /// Of an inspected body: what the node does not have yet.
    var keptBack: ByteBuffer?
    var isInspected = false
    /// What happened while the dispatch was busy with something else.
    private var events: [DispatchEvent] = []
    private var isHandling = false
    private var needsFlush = false
    private(set) var isOver = false

    init(home: RelayLoop, line: any ClientLine, framing: RequestFraming) {
        self.home = home
        self.line = line
        intake = BodyIntake(framing)
    }

    /// Nothing is under way, nothing will happen by itself, and the client still waits: a mistake of the dispatch unless somebody wakes it.
    /// For tests.
    var isStuck: Bool {
        guard !isOver, case .none = attempt, deadlines.isEmpty, !intake.isGathering else { return false }
        return true
    }

    /// The first event.
    package func open() {
        tell(.opened)
    }

    /// Says it to the dispatch, does what it answers, and flushes.
    func tell(_ event: DispatchEvent) {
        deliver(event)
        flush()
    }

    /// What happens while actions are done waits its turn.
    func deliver(_ event: DispatchEvent) {
        guard !isOver else { return }
        guard !isHandling else { return events.append(event) }
        isHandling = true
        handle(event)
        while !isOver, !events.isEmpty { handle(events.removeFirst()) }
        isHandling = false
        if isOver { letGo() }
    }

    private func handle(_ event: DispatchEvent) {
        guard let dispatch else { return }
        for action in dispatch.handle(event, at: .now()) {
            if isOver { return }
            perform(action)
        }
        if case .clientLeft = event { isOver = true }
    }

    private func perform(_ action: DispatchAction) {
        switch action {
        case .gatherBody(let limit): gatherBody(limit: limit)
        case .attempt(let request): start(request)
        case .sendRest: sendRest()
        case .endAttempt: endAttempt()
        case .respond(let head):
            guard case .none = response else { return }
            response = .begun
            line?.respond(head)
            needsFlush = true
        case .write(let bytes):
            guard case .begun = response, bytes.readableBytes > 0 else { return }
            line?.write(bytes)
            needsFlush = true
        case .finish(let trailers): finish(trailers)
        case .cut: cut()
        case .setTimer(let timer, let amount): deadlines.set(timer, to: .now() + amount)
        case .clearTimer(let timer): deadlines.clear(timer)
        }
    }

    /// Once for all that came at once.
    func flush() {
        guard needsFlush, let line else { return }
        needsFlush = false
        line.flush()
    }

    /// A response that never began can't be finished.
    private func finish(_ trailers: HTTPHeaders?) {
        guard case .begun = response else { return cut() }
        isOver = true
        endAttempt()
        let line = line
        self.line = nil
        line?.finish(trailers)
    }

    private func cut() {
        isOver = true
        endAttempt()
        let line = line
        self.line = nil
        line?.cut()
    }

    /// The attempt's events that nobody has heard yet go with it.
    func endAttempt() {
        events.removeAll { if case .attempt = $0 { true } else { false } }
        let attempt = attempt
        self.attempt = .none
        switch attempt {
        case .none: return
        case .dialling(let dial, _): dial.abandon()
        case .running(let connection): connection.abandon()
        }
        intake.streamEnded()
        keptBack = nil
        isInspected = false
    }

    /// Breaks all circles.
    private func letGo() {
        endAttempt()
        events = []
        dispatch = nil
        line = nil
        intake.giveUp()
        if let id { home.leave(id) }
        id = nil
    }
}
