package import Vocabulary

/// How the bus is, for doctor, status and metrics.
package struct RedisBusState: Hashable, Sendable {
    /// Hints get through, both ways. False means polling: slower, never wrong.
    package var isUp = false
    /// When `isUp` changed last.
    package var since: Timestamp
    /// Why the link was lost, or could not be made, the last time. Holds no secret.
    package var lastError: String?
    /// How often it came back after it had been there.
    package var reconnects = 0
    /// `redis 7.0.15`; empty before the first connection.
    package var server = ""
    /// Hints sent, and those that could not be: the others are told to look again instead.
    package var sent = 0
    package var dropped = 0
    /// Hints of other instances.
    package var heard = 0
    /// Messages that no instance of this release would send.
    package var ignored = 0
    /// Instances that live, but are not heard.
    package var silent: Set<InstanceID> = []

    package init(since: Timestamp) {
        self.since = since
    }
}
