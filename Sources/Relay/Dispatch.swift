package import NIOCore
package import NIOHTTP1

/// Decides about one request; the relay does what it says.
///
/// A machine without sockets and timers: it is told what happened and answers with what to do next. Every call comes on the event loop of
/// the client's connection, one at a time, so that it needs no lock of its own.
package protocol Dispatch: AnyObject {
    /// What to do now that `event` happened, in order. Events that come after `finish` or `cut` are only for the books and get `[]`.
    func handle(_ event: DispatchEvent, at now: NIODeadline) -> [DispatchAction]
}

/// What a dispatch is told.
package enum DispatchEvent {
    /// The first event: the request's head, as the client sent it, is in the `RelayRequest` that made the dispatch.
    case opened
    /// The gathered body, whole. After `gatherBody`.
    case bodyGathered(ByteBuffer)
    /// The client sends more than `gatherBody` or the streamed attempt allowed. What still comes is thrown away.
    case bodyTooLarge
    /// A part of an inspected body came (`NodeRequestBody.inspectedStream`); nothing of it is copied.
    case bodyPart(ByteBuffer)
    /// All of an inspected body has come. Its last part waits for `sendRest`.
    case bodyRead
    /// Something about the attempt that is under way. Those of an ended attempt never arrive.
    case attempt(AttemptEvent)
    /// A deadline that `setTimer` set has passed.
    case timer(DispatchTimer)
    /// `RelayWaker.wake` was called.
    case woken
    /// The client has closed its connection (or the whole stream), or broke HTTP's rules.
    case clientLeft
    /// The server stops: no new attempts; what streams may finish until the relay cuts it.
    case draining
}

/// What happens to an attempt at a node.
package enum AttemptEvent {
    /// A connection is there, new or kept, and the request's head is on its way.
    case connected(isReused: Bool)
    /// The whole request is handed to the kernel.
    case requestSent
    /// A response's head; informational ones (1xx) are swallowed by the relay.
    case head(HTTPResponseHead)
    case body(ByteBuffer)
    /// The response is complete.
    case end(HTTPHeaders?)
    /// The attempt is over without a complete response.
    case failed(AttemptFailure)
}

/// Why an attempt is over.
package struct AttemptFailure: Error, Sendable, Hashable {
    package enum Kind: String, Sendable {
        /// The name has no address.
        case unresolved
        /// The address is one that this node may not have (`NodeTarget.reach`).
        case forbiddenAddress
        case refused, unreachable, connectTimeout
        /// Handshake or certificate.
        case tls
        /// The node closed the connection in order (FIN) too early.
        case closed
        /// The connection broke (RST or another error of the socket).
        case reset
        /// What came is no HTTP.
        case malformed
        /// The head of the response is larger than the relay takes.
        case headTooLarge
    }

    package let kind: Kind
    /// Whether any byte of the request was written to the socket: if not, trying again is always safe.
    package let wasSent: Bool
    /// The connection had served a request before: it may just have been stale.
    package let wasReused: Bool
    /// For logs and the operator: no secrets.
    package let detail: String

    package init(_ kind: Kind, wasSent: Bool, wasReused: Bool = false, detail: String = "") {
        self.kind = kind
        self.wasSent = wasSent
        self.wasReused = wasReused
        self.detail = detail
    }
}

/// What a dispatch wants done.
package enum DispatchAction {
    /// Take the body in, up to `limit` bytes, and hand it over with `bodyGathered`. A larger `Content-Length` is `bodyTooLarge` at once.
    case gatherBody(limit: Int)
    /// Send the request to a node over a kept or a new connection. One attempt at a time: the one before must be over.
    case attempt(NodeRequest)
    /// The node may have the end of an inspected body. Without it the request stays unfinished: `endAttempt` cuts it off.
    case sendRest
    /// Give the attempt up: its connection is closed at once (that is the cancellation upstream), or kept if its response is complete.
    case endAttempt
    /// The response's head to the client.
    case respond(HTTPResponseHead)
    /// Bytes of the response's body to the client. Flushed when the events at hand are done.
    case write(ByteBuffer)
    /// The response is complete.
    case finish(HTTPHeaders?)
    /// The response can't be completed: end the client's connection so that it sees a broken response, never a whole one.
    case cut
    /// Sets (again) the deadline of a timer; coarse: up to 100 ms late. Cheap: no task of the event loop.
    case setTimer(DispatchTimer, after: TimeAmount)
    case clearTimer(DispatchTimer)
}

/// The deadlines that one request can have at once.
package enum DispatchTimer: Int, CaseIterable, Sendable {
    /// No bytes of a response yet.
    case firstByte
    /// No bytes of a running response.
    case silence
    /// A start that is held back.
    case hold
    /// Our own sign of life to the client.
    case ping
    /// The whole request's time for attempts.
    case deadline
    /// The place in the queue.
    case queue
}

/// A request to a node.
package struct NodeRequest: Sendable {
    package let target: NodeTarget
    /// Complete but for `Host` and the framing of the body, which the relay sets.
    package let head: HTTPRequestHead
    package let body: NodeRequestBody
    package let connectTimeout: TimeAmount

    package init(target: NodeTarget, head: HTTPRequestHead, body: NodeRequestBody, connectTimeout: TimeAmount) {
        self.target = target
        self.head = head
        self.body = body
        self.connectTimeout = connectTimeout
    }
}

/// Where the body of a request to a node comes from.
package enum NodeRequestBody: Sendable {
    case none
    /// Known bytes, in pieces (so that a splice needs no copy). Sent with `Content-Length`.
    case bytes([ByteBuffer])
    /// What the client sends, as it comes, with its own framing, up to `limit` bytes: more is `bodyTooLarge`. It can't be sent a second
    /// time.
    case stream(limit: Int)
    /// The same, shown to the dispatch on its way; its last part is kept back until the dispatch has seen all of it (`DispatchEvent.bodyRead`).
    case inspectedStream(limit: Int)
}
