package import HTTPTypes

/// The request that opened a WebSocket.
package struct SocketRequest: Sendable {
    /// Still percent-encoded.
    package let path: String
    /// What stood after `?`, still percent-encoded.
    package let query: String?
    /// All of them while the route decides; afterwards only `user-agent`, because thousands of idle sockets would keep the rest in memory.
    package internal(set) var headers: HTTPFields
    package let clientAddress: String
    package let isSecure: Bool
    package let origin: String?
    package let host: String?
    package let requestID: String
    let publicOrigin: String?

    package init(
        path: String, query: String? = nil, headers: HTTPFields = [:], clientAddress: String = "unknown", isSecure: Bool = false,
        origin: String? = nil,
        host: String? = nil, requestID: String = RequestID.make(), publicOrigin: String? = nil
    ) {
        self.path = path
        self.query = query
        self.headers = headers
        self.clientAddress = clientAddress
        self.isSecure = isSecure
        self.origin = origin
        self.host = host
        self.requestID = requestID
        self.publicOrigin = publicOrigin
    }

    /// The origin under which the browser knows this server; compare `origin` with it. Nil when the request names no sane host.
    package var ownOrigin: String? {
        publicOrigin ?? WebOrigin.make(isSecure: isSecure, host: host)
    }

    func trimmed() -> SocketRequest {
        var copy = self
        copy.headers = [:]
        if let agent = headers[.userAgent] { copy.headers[.userAgent] = String(agent.prefix(256)) }
        return copy
    }
}
