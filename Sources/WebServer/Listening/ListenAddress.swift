import NIOCore

/// The address to bind, resolved once before anything else, so that what is wrong with it is said clearly.
enum ListenAddress {
    /// Throws `WebServerError.addressUnusable`.
    static func resolve(_ address: String, port: Int) throws -> SocketAddress {
        do {
            return try SocketAddress.makeAddressResolvingHost(address, port: port)
        } catch {
            throw WebServerError.addressUnusable(address: address, reason: "it is no IP address and no known name")
        }
    }

    /// Whether only this machine can reach it.
    static func isLoopback(_ address: SocketAddress) -> Bool {
        switch address {
        case .v4: address.ipAddress?.hasPrefix("127.") == true
        case .v6: address.ipAddress == "::1" || address.ipAddress?.hasPrefix("::ffff:127.") == true
        case .unixDomainSocket: true
        }
    }
}
