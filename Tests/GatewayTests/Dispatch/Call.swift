import NIOCore
import NIOHTTP1
import Relay
import Synchronization
import Vocabulary

@testable import Gateway

/// One client's request, with the relay's part played by hand: events in, actions out. It keeps to the relay's protocol, and notes where
/// the dispatch does not.
final class Call {
    private(set) var dispatch: RequestDispatch?
    let id: ULID
    unowned let world: DispatchWorld
    private let wakes: AsyncStream<Void>
    private let pending: Pending

    private(set) var requests: [NodeRequest] = []
    private(set) var head: HTTPResponseHead?
    private(set) var sent = ""
    private(set) var isFinished = false
    private(set) var isCut = false
    private(set) var hasLeft = false
    private(set) var isGathering = false
    private(set) var isTrying = false
    /// The node may have the end of an inspected body.
    private(set) var isRestSent = false
    /// The head of the attempt's response has come.
    private(set) var hasHead = false
    private(set) var timers: [DispatchTimer: NIODeadline] = [:]
    /// Where the dispatch broke the relay's rules.
    private(set) var faults: [String] = []

    /// Wakes that have not been told yet.
    final class Pending: Sendable {
        let count = Mutex(0)
    }

    init(_ head: HTTPRequestHead, requestID: String, in world: DispatchWorld) {
        self.world = world
        let (wakes, ring) = AsyncStream.makeStream(of: Void.self)
        let pending = Pending()
        (self.wakes, self.pending) = (wakes, pending)
        let request = RelayRequest(
            head: head, requestID: requestID, clientAddress: "192.0.2.7", isSecure: true,
            waker: RelayWaker {
                pending.count.withLock { $0 += 1 }
                ring.yield()
            })
        let dispatch = RequestDispatch(request, traffic: world.room.traffic)
        self.dispatch = dispatch
        id = dispatch.id
    }

    var isOver: Bool { isFinished || isCut || hasLeft }
    var status: Int? { head.map { Int($0.status.code) } }
    /// The name of the node that is asked now.
    var node: String? { isTrying ? requests.last?.target.host.replacing(".example", with: "") : nil }
    var code: String? { head?.headers.first(name: "x-switchboard-code") }
    var hasWake: Bool { pending.count.withLock { $0 > 0 } }

    func tell(_ event: DispatchEvent) {
        guard !isOver, let dispatch else { return }
        prepare(event)
        for action in dispatch.handle(event, at: world.now) { perform(action) }
        if case .clientLeft = event { hasLeft = true }
        // As the relay does: who is through is let go of.
        if isOver { self.dispatch = nil }
    }

    private func prepare(_ event: DispatchEvent) {
        switch event {
        case .bodyGathered, .bodyTooLarge: isGathering = false
        case .attempt(.head): hasHead = true
        case .attempt(.end), .attempt(.failed): isTrying = false
        case .timer(let timer): timers[timer] = nil
        case .woken: pending.count.withLock { $0 = max(0, $0 - 1) }
        default: break
        }
    }

    private func perform(_ action: DispatchAction) {
        if isOver { return faults.append("an action after the end") }
        switch action {
        case .gatherBody: isGathering = true
        case .attempt(let request):
            if isTrying { faults.append("two attempts at once") }
            (isTrying, hasHead) = (true, false)
            requests.append(request)
        case .sendRest:
            if !isTrying || isRestSent { faults.append("the rest of nothing") }
            isRestSent = true
        case .endAttempt: isTrying = false
        case .respond(let head):
            if self.head != nil { faults.append("two responses") }
            self.head = head
        case .write(let bytes):
            if head == nil { faults.append("a body without a head") }
            sent += String(buffer: bytes)
        case .finish:
            if head == nil { faults.append("an end without a head") }
            (isFinished, isTrying) = (true, false)
        case .cut: (isCut, isTrying) = (true, false)
        case .setTimer(let timer, let amount): timers[timer] = world.now + amount
        case .clearTimer(let timer): timers[timer] = nil
        }
    }

    // MARK: What nodes say

    func answer(_ status: Int, _ headers: [(String, String)] = [("content-type", "application/json")]) {
        tell(.attempt(.head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: HTTPHeaders(headers)))))
    }

    func beginStream() {
        answer(200, [("content-type", "text/event-stream"), ("set-cookie", "a=b"), ("request-id", "req_node")])
    }

    func body(_ text: String) { tell(.attempt(.body(ByteBuffer(string: text)))) }

    func end() { tell(.attempt(.end(nil))) }

    /// A whole answer.
    func answer(_ status: Int, _ body: String, _ headers: [(String, String)] = [("content-type", "application/json")]) {
        answer(status, headers)
        self.body(body)
        end()
    }

    func complete(stream: Bool) {
        guard stream else { return answer(200, Words.json) }
        beginStream()
        body(Words.stream)
        end()
    }

    func fail(_ kind: AttemptFailure.Kind, wasSent: Bool, wasReused: Bool = false) {
        tell(.attempt(.failed(AttemptFailure(kind, wasSent: wasSent, wasReused: wasReused))))
    }

    /// Lets the time pass until a timer's deadline; false when it is not set.
    @discardableResult
    func pass(_ timer: DispatchTimer) -> Bool {
        guard let deadline = timers[timer] else { return false }
        world.now = max(world.now, deadline)
        tell(.timer(timer))
        return true
    }

    /// Until somebody wakes it, then tells it so.
    func wake() async {
        for await _ in wakes { break }
        tell(.woken)
    }
}
