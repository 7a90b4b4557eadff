import NIOCore

/// Who uses a connection to a node: a client's exchange or a call of the house's own. On the connection's event loop.
protocol NodeUser: AnyObject {
    /// A connection that was dialled for it is ready.
    func dialled(_ connection: NodeConnection)
    func dialFailed(_ failure: AttemptFailure)
    /// The last one is `end` or `failed`; by then the connection is no longer its.
    func nodeSaid(_ event: AttemptEvent)
    /// Whether it matters not to it in how many parts a body comes: then those that came at once are told as one.
    var joinsParts: Bool { get }
    /// What came at once has been said: time to flush.
    func nodePaused()
    /// Whether the node takes more of the request's body.
    func nodeWritable(_ isWritable: Bool)
}

/// An attempt to get a new connection.
final class Dial {
    let target: NodeTarget
    let deadline: NIODeadline
    /// Once there is one that is not ready yet.
    var connection: NodeConnection?
    private var user: (any NodeUser)?
    private(set) var isOver = false

    init(_ target: NodeTarget, timeout: TimeAmount, for user: any NodeUser) {
        self.target = target
        self.user = user
        deadline = .now() + timeout
    }

    /// Nobody waits for it any more; a connection that still comes is kept for others.
    func abandon() {
        user = nil
    }

    /// Ends it; returns who waits. Nil for who comes too late, or when nobody waits.
    func end() -> (any NodeUser)? {
        guard !isOver else { return nil }
        isOver = true
        defer { user = nil }
        connection = nil
        return user
    }
}
