/// Where a node is, as the relay dials it. Connections are kept and shared per target.
package struct NodeTarget: Hashable, Sendable {
    /// A name or an IP address (IPv6 without brackets), lower case.
    package let host: String
    /// 1–65,535.
    package let port: Int
    /// TLS 1.2 or newer, certificate and name always verified.
    package let isSecure: Bool
    /// Addresses beyond the public ones that this node may resolve to.
    package let reach: AddressReach

    package init(host: String, port: Int, isSecure: Bool, reach: AddressReach = []) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
        self.reach = reach
    }

    /// As a `Host` header names it (RFC 9110 section 7.2).
    package var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
