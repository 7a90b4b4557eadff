package import NIOCore

/// A path that opens WebSockets, and who may.
package struct SocketRoute: Sendable {
    package let matches: @Sendable (String) -> Bool
    package let limits: SocketLimits
    /// May look into the database; has as long as a request's head.
    package let decide: @Sendable (SocketRequest) async -> SocketDecision

    package init(
        limits: SocketLimits = SocketLimits(), matches: @escaping @Sendable (String) -> Bool,
        decide: @escaping @Sendable (SocketRequest) async -> SocketDecision
    ) {
        self.matches = matches
        self.limits = limits
        self.decide = decide
    }
}

/// What a route says to someone who wants a socket.
package enum SocketDecision: Sendable {
    /// The closure makes the socket's handler, on the socket's event loop.
    case accept(@Sendable (any EventLoop) -> any SocketHandler)
    /// The client gets the problem as an HTTP answer, and no socket.
    case refuse(Problem)
}

/// Upper bounds of one socket, in bytes.
package struct SocketLimits: Sendable {
    /// A message, over all its fragments; more ends the socket with 1009.
    package var message: Int
    /// What waits for a slow reader beyond the channel's own buffer; more is dropped and the handler told.
    package var backlog: Int

    package init(message: Int = 64 * 1_024, backlog: Int = 256 * 1_024) {
        self.message = message
        self.backlog = backlog
    }
}
