/// Why the relay does not start. The text says what to do.
package enum RelayError: Error, Equatable {
    /// The file with further trust roots can't be read, or holds none.
    case authoritiesUnreadable(path: String)
    /// The system's TLS can't be set up.
    case tlsUnusable(reason: String)

    /// Stable, for logs and tests.
    package var code: String {
        switch self {
        case .authoritiesUnreadable: "relay.authorities_unreadable"
        case .tlsUnusable: "relay.tls_unusable"
        }
    }
}

extension RelayError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .authoritiesUnreadable(let path):
            "the file \(path) must hold certificates of authorities in PEM, and be readable: correct it, or leave GATEWAY_CA_FILE out"
        case .tlsUnusable(let reason):
            "TLS to nodes can't be set up: \(reason)"
        }
    }
}
