package import Relay

#if canImport(Glibc)
    import Glibc
#endif

/// The base address of a node: `https://host[:port][/prefix]`.
///
/// Threat: an address that leads into the house's own network, or one that this parser and the dialler read differently. So there is one
/// spelling for everything: hosts in lower case, addresses in their canonical form, no user name, query, fragment or dot segments. A name's
/// addresses are the relay's to check, each time it connects.
package struct NodeURL: Hashable, Sendable {
    /// A name or an IP address (IPv6 without brackets), lower case.
    package let host: String
    /// 1–65,535.
    package let port: Int
    package let isSecure: Bool
    /// What comes before a request's own path: empty, or `/anthropic` without a slash at its end. A final `/v1` is left out, because the
    /// paths of requests begin with it.
    package let prefix: String

    /// - Parameters:
    ///   - text: as somebody typed it.
    ///   - reach: the addresses that the operator has opened to this node.
    package init(_ text: String, reach: AddressReach) throws(NodeURLFault) {
        guard text.utf8.count <= 1_000, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            throw .malformed
        }
        let (isSecure, rest) = try Self.scheme(of: text)
        guard !rest.contains("#") else { throw .fragment }
        guard !rest.contains("?") else { throw .query }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        guard !authority.contains("@") else { throw .userInfo }
        let (host, port) = try Self.hostAndPort(authority)
        self.host = host.text
        self.port = port ?? (isSecure ? 443 : 80)
        self.isSecure = isSecure
        prefix = try Self.prefix(rest[slash...])
        try host.check(isSecure: isSecure, reach: reach)
    }

    /// The one spelling of it.
    package var text: String { origin + prefix }

    /// Scheme, host and port: what a credential is given for.
    package var origin: String { "\(isSecure ? "https" : "http")://\(authority)" }

    private var authority: String {
        NodeTarget(host: host, port: port, isSecure: isSecure).authority
    }

    private static func scheme(of text: String) throws(NodeURLFault) -> (Bool, Substring) {
        guard let end = text.firstRange(of: "://") else { throw .scheme }
        switch text[..<end.lowerBound].lowercased() {
        case "https": return (true, text[end.upperBound...])
        case "http": return (false, text[end.upperBound...])
        default: throw .scheme
        }
    }

    private static func hostAndPort(_ authority: Substring) throws(NodeURLFault) -> (NodeHost, Int?) {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw .host }
            let host = try NodeHost(bracketed: authority[authority.index(after: authority.startIndex)..<end])
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw .host }
            return (host, try port(rest.dropFirst()))
        }
        let colon = authority.firstIndex(of: ":") ?? authority.endIndex
        return (try NodeHost(authority[..<colon]), try port(authority[colon...].dropFirst()))
    }

    /// Nil when there is none.
    private static func port(_ text: Substring) throws(NodeURLFault) -> Int? {
        guard !text.isEmpty else { return nil }
        guard text.utf8.count <= 5, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(text), (1...65_535).contains(port)
        else { throw .port }
        return port
    }

    private static func prefix(_ path: Substring) throws(NodeURLFault) -> String {
        var segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        if segments.last == "" { segments.removeLast() }
        guard segments.allSatisfy(isPlain) else { throw .path }
        if segments.last == "v1" { segments.removeLast() }
        return segments.map { "/" + $0 }.joined()
    }

    /// Unreserved and harmless marks of RFC 3986 section 3.3. No `%`: an encoded slash or dot would be read differently by different servers.
    private static func isPlain(_ segment: Substring) -> Bool {
        guard !segment.isEmpty, segment != ".", segment != ".." else { return false }
        return segment.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || marks.contains(byte)
        }
    }

    private static let marks = Set("-._~!$&'()*+,;=:@".utf8)
}
