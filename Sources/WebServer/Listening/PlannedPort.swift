import NIOCore

/// A port that a configuration asks for, before anybody opens it.
package struct PlannedPort: Hashable, Sendable {
    package let isSecure: Bool
    /// Numeric: names are resolved.
    package let address: String
    /// 0: any free one.
    package let port: Int
}

extension WebServerConfiguration {
    /// The ports in the order in which the server opens them, for a parent that opens them in its place.
    /// - Throws: `WebServerError.addressUnusable`, `plainHTTPExposed`.
    package func plannedPorts() throws -> [PlannedPort] {
        var isSecure = true
        if case .disabled = tls { isSecure = false }
        var planned: [PlannedPort] = []
        if isSecure { planned.append(PlannedPort(true, try ListenAddress.resolve(address, port: httpsPort))) }
        if let port = httpPort {
            let plain = try ListenAddress.resolve(address, port: port)
            guard isSecure || allowPlainHTTP || ListenAddress.isLoopback(plain) else {
                throw WebServerError.plainHTTPExposed(address: address)
            }
            planned.append(PlannedPort(false, plain))
        }
        return planned
    }
}

extension PlannedPort {
    fileprivate init(_ isSecure: Bool, _ address: SocketAddress) {
        self.init(isSecure: isSecure, address: address.ipAddress ?? "", port: address.port ?? 0)
    }
}
