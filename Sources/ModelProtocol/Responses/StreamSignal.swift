/// What an event of a response means for the decision whether another node may still take over.
package enum StreamSignal: Hashable, Sendable {
    /// Nothing that a user would see: `message_start`, pings, comments, empty starts of blocks.
    case start
    /// Something that a user sees, or that we don't know. After the first of these all events but errors and ends count as such.
    case content
    /// The node reports a failure inside its stream.
    case error(UpstreamError)
    /// The response ended as its protocol asks: `message_stop`, `[DONE]`, `response.completed`.
    case complete
}
