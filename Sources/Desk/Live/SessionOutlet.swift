import DeskProtocol

/// Where a live session's frames go: a socket, or the answer of a long poll. Called from any thread; must return at once and must not call back.
package protocol SessionOutlet: Sendable {
    func emit(_ frame: OutgoingFrame)
    /// Returns when what was emitted before no longer waits for the client: the past is sent at the client's pace.
    func drained() async
    /// Has enough: what is left of the past comes another time.
    var isFull: Bool { get }
    /// Ends the connection with a close code of sync-protocol §13.
    func close(code: UInt16, reason: String)
}

extension SessionOutlet {
    package var isFull: Bool { false }

    package func drained() async {}
}
