import NIOCore

/// What an HTTP/1.1 connection waits for, and whether that takes too long. Pure: time is told to it.
struct ConnectionClock {
    enum Waiting: Equatable {
        /// The first byte, since accept.
        case firstByte(since: NIODeadline)
        /// The rest of a head, since accept or its first byte.
        case head(since: NIODeadline)
        /// The next request.
        case idle(since: NIODeadline)
        /// More of a body, since its last part.
        case body(since: NIODeadline)
        /// A route's decision about a WebSocket.
        case decision(since: NIODeadline)
        /// Our own answer: the house may take the time it needs.
        case nothing
        /// The peer's end.
        case lingering(since: NIODeadline)
    }

    enum Verdict: Equatable {
        case fine, close
        case answer(Problem)
    }

    var waiting: Waiting
    /// Since when the client has said its last byte and waits for our answer, or is gone: nobody can tell.
    var silentSince: NIODeadline?

    init(now: NIODeadline) {
        waiting = .firstByte(since: now)
    }

    /// No request has begun.
    var isIdle: Bool {
        switch waiting {
        case .firstByte, .idle: true
        case .head, .body, .decision, .nothing, .lingering: false
        }
    }

    /// Bytes came that made no whole head.
    mutating func bytesCame(at now: NIODeadline) {
        switch waiting {
        case .firstByte(let since): waiting = .head(since: since)
        case .idle: waiting = .head(since: now)
        case .head, .body, .decision, .nothing, .lingering: break
        }
    }

    /// - Parameter isReading: whether we ask for more at all; who is not asked is not late.
    mutating func verdict(at now: NIODeadline, timeouts: WebServerTimeouts, isReading: Bool) -> Verdict {
        if let silentSince, now - silentSince > timeouts.halfClosed.timeAmount { return .close }
        return switch waiting {
        case .firstByte(let since), .head(let since): now - since > timeouts.head.timeAmount ? .answer(.headLate) : .fine
        case .idle(let since): now - since > timeouts.idle.timeAmount ? .close : .fine
        case .body(let since): bodyVerdict(since: since, now: now, timeouts: timeouts, isReading: isReading)
        case .decision(let since): now - since > timeouts.head.timeAmount ? .answer(.decisionLate) : .fine
        case .lingering(let since): now - since > timeouts.linger.timeAmount ? .close : .fine
        case .nothing: .fine
        }
    }

    private mutating func bodyVerdict(since: NIODeadline, now: NIODeadline, timeouts: WebServerTimeouts, isReading: Bool) -> Verdict {
        guard isReading else {
            waiting = .body(since: now)
            return .fine
        }
        return now - since > timeouts.body.timeAmount ? .answer(.bodyLate) : .fine
    }
}
