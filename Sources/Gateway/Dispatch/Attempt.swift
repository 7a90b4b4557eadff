import ModelProtocol
import NIOCore
import NIOHTTP1
import Routing

/// One try of one node, as far as it has got.
///
/// A class: it is looked at in every event, and as a value each look would copy and count all that it holds.
final class Attempt {
    let turn: Turn
    let number: Int
    let beganAt: NIODeadline
    /// When the node last said anything.
    var heardAt: NIODeadline
    var head: HTTPResponseHead?
    var meter: ResponseMeter?
    /// What came of the response and was not given to the client: a start that is held back, or an error that may stay unseen.
    var held: [ByteBuffer] = []
    var heldBytes = 0
    /// The client has the head of this response, or is about to.
    var isCommitted = false
    /// Something that a user sees came.
    var hadContent = false
    /// The node's own words of a failure inside its stream.
    var streamError: UpstreamError?

    init(_ turn: Turn, number: Int, at now: NIODeadline) {
        self.turn = turn
        self.number = number
        beganAt = now
        heardAt = now
    }

    var status: Int? { head.map { Int($0.status.code) } }
    /// Whether it is a stream of events in the clear: only there something of ours can come between.
    var isEventStream: Bool { meter?.isEventStream == true }
    var isSuccess: Bool { status.map { (200..<300).contains($0) } ?? false }

    func hold(_ bytes: ByteBuffer) {
        held.append(bytes)
        heldBytes += bytes.readableBytes
    }

    func takeHeld() -> [ByteBuffer] {
        defer {
            held = []
            heldBytes = 0
        }
        return held
    }

    /// What the node said, as the classification wants it.
    func outcome() -> Outcome {
        guard let head, let status else { return .brokeBeforeHead }
        guard !isSuccess else { return .completed }
        let error = upstreamError()
        return .status(
            status, errorType: error?.type, errorCode: error?.code,
            retryAfterSeconds: head.headers.first(name: "retry-after").flatMap { Int($0) },
            hadContent: hadContent)
    }

    /// The body of an error, read; nil when it is no JSON or too long.
    func upstreamError() -> UpstreamError? {
        guard heldBytes <= UpstreamError.bodyLimit else { return nil }
        var body = ByteBuffer()
        for part in held { body.writeImmutableBuffer(part) }
        return body.withUnsafeReadableBytes { UpstreamError($0) }
    }
}

/// A node's complete error, kept while other nodes are tried.
struct StoredAnswer {
    let head: HTTPResponseHead
    let body: [ByteBuffer]
    let node: Node
    let mappedModel: String?
    let rank: Int
    /// What it says, for a client that is in the middle of a stream.
    let error: UpstreamError?
    /// A stream of events that ends with the error: it may follow our own pings as it is.
    let isEventStream: Bool

    /// - Parameter error: of a stream; other errors are read from the body.
    init(_ attempt: Attempt, head: HTTPResponseHead, error: UpstreamError? = nil) {
        self.head = head
        body = attempt.held
        node = attempt.turn.node
        mappedModel = attempt.turn.assignment.model
        rank = Verdict.rank(ofStatus: error?.likeStatus ?? Int(head.status.code))
        isEventStream = attempt.isEventStream
        self.error = error ?? attempt.upstreamError()
    }

    var status: Int { Int(head.status.code) }
}

extension UpstreamError {
    /// The status that an error inside a stream would have had before it.
    fileprivate var likeStatus: Int {
        switch type {
        case "rate_limit_error": 429
        case "overloaded_error": 529
        case "not_found_error": 404
        case "permission_error": 403
        case "billing_error": 402
        case "authentication_error": 401
        case "invalid_request_error", "request_too_large": 400
        default: 500
        }
    }
}
