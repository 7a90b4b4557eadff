import NIOSSL

/// Whether a certificate is a host's (RFC 9525): by its DNS names alone.
///
/// NIOSSL has verified the chain by then, but takes a certificate for the *address* that a name led to as good as one for the name: whoever
/// answers for a name server could then answer for the node.
enum CertificateName {
    static func isNamed(_ certificate: NIOSSLCertificate, _ host: String) -> Bool {
        certificate._subjectAlternativeNames().contains { name in
            name.nameType == .dnsName && matches(host: host, pattern: String(decoding: Array(name.contents), as: UTF8.self))
        }
    }

    /// A `*` stands for one whole label, the first one.
    static func matches(host: String, pattern: String) -> Bool {
        let (host, pattern) = (host.lowercased(), pattern.lowercased())
        if host == pattern { return !host.isEmpty }
        guard pattern.hasPrefix("*."), let dot = host.firstIndex(of: "."), dot > host.startIndex else { return false }
        let rest = host[dot...]
        return pattern.dropFirst() == rest && rest.dropFirst().contains(".")
    }
}
