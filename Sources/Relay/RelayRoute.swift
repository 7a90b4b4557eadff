package import NIOHTTP1
import NIOCore
package import Vocabulary

/// Requests that go past the router: their bytes are relayed by handlers on the connection's own loop.
package struct RelayRoute: Sendable {
    /// Whether a request is for the relay, from its method and path (without query). Called for every request: cheap.
    package let takes: @Sendable (_ method: HTTPMethod, _ path: Substring) -> Bool
    /// The machine that decides about a request. On the client's event loop.
    package let open: @Sendable (RelayRequest) -> any Dispatch
    /// Where its attempts get their connections; of the web server's event loops.
    package let connections: NodeConnections

    package init(
        connections: NodeConnections,
        takes: @escaping @Sendable (_ method: HTTPMethod, _ path: Substring) -> Bool,
        open: @escaping @Sendable (RelayRequest) -> any Dispatch
    ) {
        self.connections = connections
        self.takes = takes
        self.open = open
    }

    /// What the web server knows of a request; the rest is the route's.
    package struct Opening {
        package let head: HTTPRequestHead
        package let framing: RequestFraming
        package let requestID: String
        package let number: ULID?
        package let clientAddress: String
        package let isSecure: Bool

        /// - Parameter number: what `requestID` says, where it is one.
        package init(
            head: HTTPRequestHead, framing: RequestFraming, requestID: String, number: ULID? = nil, clientAddress: String, isSecure: Bool
        ) {
            self.head = head
            self.framing = framing
            self.requestID = requestID
            self.number = number
            self.clientAddress = clientAddress
            self.isSecure = isSecure
        }
    }

    /// An exchange that waits for `open()`. On the line's event loop; nil when that is none of the connections' loops.
    package func exchange(_ opening: Opening, on line: any ClientLine) -> RelayExchange? {
        let eventLoop = line.eventLoop
        guard let home = connections.loop(of: eventLoop) else { return nil }
        let exchange = RelayExchange(home: home, line: line, framing: opening.framing)
        let id = home.enter(exchange)
        exchange.id = id
        let bound = NIOLoopBound(home, eventLoop: eventLoop)
        let waker = RelayWaker { eventLoop.execute { bound.value.wake(id) } }
        exchange.dispatch = open(
            RelayRequest(
                head: opening.head, requestID: opening.requestID, number: opening.number, clientAddress: opening.clientAddress,
                isSecure: opening.isSecure,
                waker: waker))
        return exchange
    }
}

/// What is known when a request opens.
package struct RelayRequest {
    package let head: HTTPRequestHead
    /// Ours, as in logs and `x-request-id`; a ULID where the ledger is to know it by the same name.
    package let requestID: String
    /// The same as the ledger's number, where it is one.
    package let number: ULID?
    /// The peer's IP address (behind a trusted proxy: the forwarded one); "unknown" where there is none.
    package let clientAddress: String
    package let isSecure: Bool
    package let waker: RelayWaker

    package init(head: HTTPRequestHead, requestID: String, number: ULID? = nil, clientAddress: String, isSecure: Bool, waker: RelayWaker) {
        self.head = head
        self.requestID = requestID
        self.number = number
        self.clientAddress = clientAddress
        self.isSecure = isSecure
        self.waker = waker
    }
}

/// Wakes one request's dispatch (`DispatchEvent.woken`) from any thread; harmless when it is long over.
package struct RelayWaker: Sendable {
    private let body: @Sendable () -> Void

    package init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }

    package func wake() {
        body()
    }
}
