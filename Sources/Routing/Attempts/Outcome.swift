/// How an attempt at a node ended.
package enum Outcome: Hashable, Sendable {
    /// Nothing of the request was written to the node.
    case notSent(NotSentKind)
    /// A complete response with this status.
    /// - Parameters:
    ///   - errorType: the envelope's `error.type`.
    ///   - errorCode: `error.details.error_code` (Anthropic) or `error.code` (OpenAI).
    ///   - retryAfterSeconds: the header, as it came.
    ///   - hadContent: whether content had reached the client before.
    case status(Int, errorType: String? = nil, errorCode: String? = nil, retryAfterSeconds: Int? = nil, hadContent: Bool = false)
    /// The request was sent, or part of it; the connection ended before a response's head.
    case brokeBeforeHead
    case firstByteTimeout
    /// 200, then `event: error` before any content.
    case earlyStreamError(type: String?)
    /// 200, then the end of the connection before any content.
    case brokeBeforeContent
    case brokeAfterContent
    /// No bytes of a running stream for too long.
    case silence
    case completed
    /// The client has gone; the node is not to blame, whatever it did.
    case clientLeft
}
