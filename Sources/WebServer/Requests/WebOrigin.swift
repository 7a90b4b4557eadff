/// An origin as browsers write it (RFC 6454): scheme, host and, unless it is the scheme's own, port.
package enum WebOrigin {
    /// Nil when `host` is absent or holds anything but a host and a port.
    package static func make(isSecure: Bool, host: String?) -> String? {
        guard let host, (1...261).contains(host.utf8.count), host.utf8.allSatisfy(isHostByte) else { return nil }
        let lowered = host.lowercased()
        let scheme = isSecure ? "https" : "http"
        let ownPort = isSecure ? ":443" : ":80"
        return lowered.hasSuffix(ownPort) ? "\(scheme)://\(lowered.dropLast(ownPort.utf8.count))" : "\(scheme)://\(lowered)"
    }

    /// Letters, digits, `-`, `.`, `_`, and for ports and IPv6 `:`, `[`, `]`.
    static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x41...0x5B, 0x5D, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
