/// Where the web server listens, and what it puts up with.
package struct WebServerConfiguration: Sendable {
    /// The address to bind: an IP address or a name that resolves to one.
    package var address: String
    /// The plain port; under TLS it only redirects. Nil: no plain port. 0: any free one.
    package var httpPort: Int?
    /// The TLS port, used unless `tls` is `disabled`. 0: any free one.
    package var httpsPort: Int
    package var tls: TLSMode
    /// Ports that are open already, of a parent that holds them; with any, no others are opened.
    package var inherited: [InheritedPort] = []
    /// Whether it counts as ready only when a request of its own came back through its ports.
    package var provesItself = false
    /// Plain HTTP beyond loopback is refused unless this is set, because cookies and tickets would travel in the clear.
    package var allowPlainHTTP: Bool
    /// What browsers see as this server's origin when a proxy stands in front, like `https://desk.example`; nil: the request's own address.
    package var publicOrigin: String?
    /// Addresses of proxies in front whose `X-Forwarded-For` is believed.
    package var trustedProxies: Set<String> = []
    package var limits: WebServerLimits
    package var timeouts: WebServerTimeouts

    package init(
        address: String = "127.0.0.1", httpPort: Int? = 8_080, httpsPort: Int = 8_443, tls: TLSMode = .disabled,
        allowPlainHTTP: Bool = false,
        publicOrigin: String? = nil, limits: WebServerLimits = WebServerLimits(), timeouts: WebServerTimeouts = WebServerTimeouts()
    ) {
        self.address = address
        self.httpPort = httpPort
        self.httpsPort = httpsPort
        self.tls = tls
        self.allowPlainHTTP = allowPlainHTTP
        self.publicOrigin = publicOrigin
        self.limits = limits
        self.timeouts = timeouts
    }
}

/// A listening socket that this process was born with. The server closes it when it stops accepting; its parent's stays open.
package struct InheritedPort: Hashable, Sendable {
    /// TLS is spoken on it.
    package var isSecure: Bool
    package var descriptor: Int32

    package init(isSecure: Bool, descriptor: Int32) {
        self.isSecure = isSecure
        self.descriptor = descriptor
    }
}

/// Upper bounds; all sizes in bytes.
package struct WebServerLimits: Sendable {
    /// Open connections; more are closed at once. The process's file limit lowers it further.
    package var connections = 20_000
    /// Request line and headers together.
    package var head = 32 * 1_024
    /// The request target alone.
    package var target = 8 * 1_024
    /// Header fields in one request.
    package var headerFields = 100
    /// Requests at once on one HTTP/2 connection.
    package var streams = 100

    package init() {}
}

/// How long a client may take. Each is measured by a sweep, so the true limit is up to one sweep longer.
package struct WebServerTimeouts: Sendable {
    /// TLS handshake, from accept. With the sweep, whoever sends half of one has gone in ten seconds.
    package var handshake: Duration = .seconds(9)
    /// A request's head, from accept or from its first byte; likewise.
    package var head: Duration = .seconds(9)
    /// A request's body without a byte of progress.
    package var body: Duration = .seconds(30)
    /// A kept connection between requests.
    package var idle: Duration = .seconds(75)
    /// A response or frame that the client doesn't read, without a byte of progress.
    package var write: Duration = .seconds(30)
    /// A WebSocket from which nothing came, not even a pong.
    package var socketSilence: Duration = .seconds(75)
    /// Between two pings of RFC 6455.
    package var socketPing: Duration = .seconds(25)
    /// From a client's half-close after a whole request to the first byte of our answer: whoever has gone altogether looks the same until then.
    package var halfClosed: Duration = .seconds(5)
    /// From our answer or close frame to the client's end.
    package var linger: Duration = .seconds(2)
    /// From the wish to stop to the end of the last connection.
    package var drain: Duration = .seconds(10)
    /// For relays that are under way when another server takes over.
    package var relay: Duration = .seconds(600)
    /// Between two sweeps.
    package var sweep: Duration = .milliseconds(500)

    package init() {}
}
