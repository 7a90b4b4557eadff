import NIOCore
import NIOHTTP1

/// One request of the house's own. On the event loop that it was made on.
final class NodeCall: NodeUser {
    private enum Stage {
        case dialling(Dial)
        case running(NodeConnection)
        case over
    }

    private let request: NodeRequest
    private let home: RelayLoop
    private let bodyLimit: Int
    private let take: (@Sendable (ByteBuffer) -> Bool)?
    private var taken = 0
    private var done: ((Result<NodeAnswer, NodeClientError>) -> Void)?
    private var stage = Stage.over
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()
    private var alarm: Scheduled<Void>?

    init(
        _ request: NodeRequest, home: RelayLoop, bodyLimit: Int, take: (@Sendable (ByteBuffer) -> Bool)? = nil,
        done: @escaping (Result<NodeAnswer, NodeClientError>) -> Void
    ) {
        self.request = request
        self.home = home
        self.bodyLimit = bodyLimit
        self.take = take
        self.done = done
    }

    func start(time: TimeAmount) {
        guard done != nil else { return }
        alarm = home.eventLoop.assumeIsolated().scheduleTask(in: time) { self.end(.failure(.late)) }
        if let connection = home.take(request.target) { return run(on: connection) }
        let dial = Dial(request.target, timeout: request.connectTimeout, for: self)
        stage = .dialling(dial)
        home.run(dial)
    }

    /// Only the first end counts.
    func end(_ result: Result<NodeAnswer, NodeClientError>) {
        guard let done else { return }
        self.done = nil
        alarm?.cancel()
        alarm = nil
        let stage = stage
        self.stage = .over
        switch stage {
        case .dialling(let dial): dial.abandon()
        case .running(let connection): connection.abandon()
        case .over: break
        }
        done(result)
    }

    func dialled(_ connection: NodeConnection) {
        guard case .dialling = stage else { return home.keep(connection) }
        run(on: connection)
    }

    func dialFailed(_ failure: AttemptFailure) {
        stage = .over
        end(.failure(.failed(failure)))
    }

    private func run(on connection: NodeConnection) {
        stage = .running(connection)
        let length = request.body.pieces.reduce(0) { $0 + $1.readableBytes }
        let hasBody = length > 0 || request.head.method.customarilyHasBody
        connection.begin(request, framing: hasBody ? .length(length) : .none, for: self)
    }

    func nodeSaid(_ event: AttemptEvent) {
        switch event {
        case .connected, .requestSent: break
        case .head(let head): self.head = head
        case .body(let bytes):
            taken += bytes.readableBytes
            guard taken <= bodyLimit else { return end(.failure(.tooLarge(limit: bodyLimit))) }
            guard let take, head?.status.code == 200 else {
                body.writeImmutableBuffer(bytes)
                return
            }
            if !take(bytes) { end(.failure(.cancelled)) }
        case .end:
            stage = .over
            if let head { end(.success(NodeAnswer(head: head, body: body))) }
        case .failed(let failure):
            stage = .over
            end(.failure(.failed(failure)))
        }
    }

    var joinsParts: Bool { true }

    func nodePaused() {}

    func nodeWritable(_ isWritable: Bool) {}
}
