import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport

@testable import Relay

/// A dispatch for tests: tries nodes in turn until one answers with a status below 500; from the first byte to the client on it stays.
final class Failover: Dispatch {
    /// Counts the living, to see that none stays behind.
    static let living = Mutex(0)

    private let request: RelayRequest
    private var targets: [NodeTarget]
    private let log: Recorder<String>?
    private let limit: Int
    private let isStream: Bool
    private let firstByte: TimeAmount
    private var body: ByteBuffer?
    private var isCommitted = false
    private var isDropping = false

    init(
        _ request: RelayRequest, _ targets: [NodeTarget], limit: Int = 1 << 20, isStream: Bool = false, firstByte: TimeAmount = .seconds(5),
        log: Recorder<String>? = nil
    ) {
        self.request = request
        self.targets = targets
        self.limit = limit
        self.isStream = isStream
        self.firstByte = firstByte
        self.log = log
        Self.living.withLock { $0 += 1 }
    }

    deinit {
        Self.living.withLock { $0 -= 1 }
    }

    func handle(_ event: DispatchEvent, at now: NIODeadline) -> [DispatchAction] {
        log?.note(event.name)
        switch event {
        case .opened: return isStream ? next() : [.gatherBody(limit: limit)]
        case .bodyGathered(let bytes):
            body = bytes
            return next()
        case .bodyTooLarge: return refuse(.payloadTooLarge)
        case .bodyPart, .bodyRead: return []
        case .attempt(let event): return handle(event)
        case .timer: return isCommitted ? [.cut] : [.endAttempt] + next()
        case .woken: return []
        case .clientLeft, .draining: return []
        }
    }

    private func handle(_ event: AttemptEvent) -> [DispatchAction] {
        switch event {
        case .connected, .requestSent: return []
        case .head(let head):
            if head.status.code >= 500, !targets.isEmpty {
                isDropping = true
                return []
            }
            isCommitted = true
            return [.clearTimer(.firstByte), .respond(head), .setTimer(.silence, after: firstByte)]
        case .body(let bytes): return isDropping ? [] : [.write(bytes), .setTimer(.silence, after: firstByte)]
        case .end(let trailers): return isDropping ? next() : [.finish(trailers)]
        case .failed: return isCommitted ? [.cut] : next()
        }
    }

    private func next() -> [DispatchAction] {
        isDropping = false
        guard !targets.isEmpty else { return refuse(.badGateway) }
        let body: NodeRequestBody = isStream ? .stream(limit: .max) : body.map { $0.readableBytes > 0 ? .bytes([$0]) : .none } ?? .none
        let node = NodeRequest(target: targets.removeFirst(), head: request.head, body: body, connectTimeout: .milliseconds(500))
        return [.setTimer(.firstByte, after: firstByte), .attempt(node)]
    }

    private func refuse(_ status: HTTPResponseStatus) -> [DispatchAction] {
        [.respond(HTTPResponseHead(version: .http1_1, status: status, headers: ["content-length": "0"])), .finish(nil)]
    }
}

extension DispatchEvent {
    var name: String {
        switch self {
        case .opened: "opened"
        case .bodyGathered(let body): "gathered \(body.readableBytes)"
        case .bodyTooLarge: "too large"
        case .bodyPart(let bytes): "part \(bytes.readableBytes)"
        case .bodyRead: "read"
        case .attempt(.connected(let isReused)): isReused ? "connected again" : "connected"
        case .attempt(.requestSent): "sent"
        case .attempt(.head(let head)): "head \(head.status.code)"
        case .attempt(.body): "body"
        case .attempt(.end): "end"
        case .attempt(.failed(let failure)): "failed \(failure.kind)"
        case .timer(let timer): "timer \(timer)"
        case .woken: "woken"
        case .clientLeft: "left"
        case .draining: "draining"
        }
    }
}

/// A dispatch whose answers are given as closures.
final class Scripted: Dispatch {
    private let answer: (DispatchEvent) -> [DispatchAction]

    init(_ answer: @escaping (DispatchEvent) -> [DispatchAction]) {
        self.answer = answer
    }

    func handle(_ event: DispatchEvent, at now: NIODeadline) -> [DispatchAction] {
        answer(event)
    }
}
