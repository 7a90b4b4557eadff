/// One block of a stream of server-sent events, up to and with its blank line. The bytes may be used during the call only.
package struct ServerSentEvent {
    /// What the block is.
    package enum Kind: Sendable {
        /// It has a `data` field.
        case event
        /// Comments or fields without data: a sign of life, nothing for the reader.
        case silent
        /// Longer than the limit: of its data only what `JSONSieve` keeps is here, nothing when it is no JSON.
        case large
    }

    package let kind: Kind
    /// The `event` field; empty when there is none.
    package let name: UnsafeRawBufferPointer
    /// The `data` fields, joined by LF.
    package let data: UnsafeRawBufferPointer
    /// Offset in the chunk just behind the block: it is a border between events. 0 when told by `finish`.
    package let end: Int
}
