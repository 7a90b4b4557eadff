import NIOCore
import NIOHTTP1

/// The nodes' side.
extension RelayExchange: NodeUser {
    func start(_ request: NodeRequest) {
        endAttempt()
        if request.body.isStream, framing(of: request) != .none, !intake.isUntouched {
            return deliver(.attempt(.failed(AttemptFailure(.malformed, wasSent: false, detail: "the body is gone"))))
        }
        if let connection = home.take(request.target) { return run(request, on: connection) }
        let dial = Dial(request.target, timeout: request.connectTimeout, for: self)
        attempt = .dialling(dial, request)
        home.run(dial)
    }

    func dialled(_ connection: NodeConnection) {
        guard case .dialling(_, let request) = attempt else { return home.keep(connection) }
        run(request, on: connection)
    }

    func dialFailed(_ failure: AttemptFailure) {
        guard case .dialling = attempt else { return }
        attempt = .none
        tell(.attempt(.failed(failure)))
    }

    private func run(_ request: NodeRequest, on connection: NodeConnection) {
        attempt = .running(connection)
        let framing = framing(of: request)
        connection.begin(request, framing: framing, for: self)
        guard framing != .none else { return }
        switch request.body {
        case .stream(let limit): beginStream(on: connection, limit: limit)
        case .inspectedStream(let limit): beginStream(on: connection, limit: limit, isInspected: true)
        case .none, .bytes: return
        }
    }

    private func framing(of request: NodeRequest) -> RequestFraming {
        switch request.body {
        case .none: request.head.method.customarilyHasBody ? .length(0) : .none
        case .bytes(let pieces): .length(pieces.reduce(0) { $0 + $1.readableBytes })
        case .stream, .inspectedStream: intake.framing
        }
    }

    private func beginStream(on connection: NodeConnection, limit: Int, isInspected: Bool = false) {
        guard case .running(let running) = attempt, running === connection, intake.isUntouched else { return }
        guard let early = intake.stream(limit: limit) else { return deliver(.bodyTooLarge) }
        self.isInspected = isInspected
        for bytes in early { pass(bytes, to: connection) }
        if intake.isComplete { passEnd(to: connection) }
        connection.flush()
        line?.setReading(connection.isWritable)
    }

    /// A part of the body. Of an inspected one the node gets the part before.
    func pass(_ bytes: ByteBuffer, to connection: NodeConnection) {
        guard isInspected else { return connection.stream(bytes) }
        if let before = keptBack { connection.stream(before) }
        keptBack = bytes
        deliver(.bodyPart(bytes))
    }

    func passEnd(to connection: NodeConnection) {
        if isInspected { deliver(.bodyRead) } else { connection.streamEnded() }
    }

    func sendRest() {
        guard isInspected, intake.isComplete, case .running(let connection) = attempt else { return }
        isInspected = false
        if let rest = keptBack { connection.stream(rest) }
        keptBack = nil
        connection.streamEnded()
        connection.flush()
    }

    func nodeSaid(_ event: AttemptEvent) {
        switch event {
        case .end, .failed:
            attempt = .none
            intake.streamEnded()
            (keptBack, isInspected) = (nil, false)
            deliver(.attempt(event))
        case .body:
            deliver(.attempt(event))
            holdBack()
        case .connected, .requestSent, .head:
            deliver(.attempt(event))
        }
    }

    /// Before the client has anything each part counts: the first that says something decides that no other node takes over.
    var joinsParts: Bool {
        if case .begun = response { true } else { false }
    }

    /// Who reads slowly is sent slowly: what the client does not take stays with the node.
    private func holdBack() {
        guard let line, !line.isWritable, case .running(let connection) = attempt else { return }
        connection.hold(true)
    }

    func nodePaused() {
        flush()
    }

    func nodeWritable(_ isWritable: Bool) {
        if intake.isStreaming, isWritable || !intake.isComplete { line?.setReading(isWritable) }
    }
}

extension HTTPMethod {
    /// A request of these without a body says so (RFC 9110 section 8.6).
    var customarilyHasBody: Bool {
        switch self {
        case .POST, .PUT, .PATCH: true
        default: false
        }
    }
}
