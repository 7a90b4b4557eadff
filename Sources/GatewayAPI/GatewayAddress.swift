import WebServer

/// Where the gateway's clients find it, as far as the server's settings say; the rest is what the browser calls this server.
package struct GatewayAddress: Sendable {
    /// `GATEWAY_PUBLIC_URL` as an origin, for a proxy in front; nil: none is set.
    package let publicOrigin: String?
    /// `GATEWAY_PORT`; nil: it is on the console's own port.
    package let port: Int?
    /// Whether that port speaks TLS.
    package let isSecure: Bool

    package init(publicOrigin: String? = nil, port: Int? = nil, isSecure: Bool = false) {
        self.publicOrigin = publicOrigin
        self.port = port
        self.isSecure = isSecure
    }

    /// `https://models.example:9000`, to which clients of Anthropic's protocol are pointed; those of OpenAI's add `/v1`.
    /// - Parameter consoleOrigin: the console's own, as the browser knows it; nil when its request named no sane host.
    func base(consoleOrigin: String?) -> String? {
        if let publicOrigin { return publicOrigin }
        guard let port else { return consoleOrigin }
        return consoleOrigin.flatMap { WebOrigin.make(isSecure: isSecure, host: "\(Self.host(of: $0)):\(port)") }
    }

    /// Without scheme and port; IPv6 in its brackets.
    private static func host(of origin: String) -> Substring {
        let authority = origin.firstRange(of: "://").map { origin[$0.upperBound...] } ?? origin[...]
        if let end = authority.firstIndex(of: "]") { return authority[...end] }
        return authority.prefix { $0 != ":" }
    }
}
