/// The parts of a request's target (RFC 9112 section 3.2), without a URL parser: it is on every request's way.
enum RequestTarget {
    /// Origin form as it is; of the absolute form what follows the authority.
    static func originForm(of uri: String) -> String {
        guard uri.utf8.first != UInt8(ascii: "/"), let scheme = schemeEnd(of: uri) else { return uri }
        guard let start = uri[scheme...].firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        return uri[start] == "/" ? String(uri[start...]) : "/" + uri[start...]
    }

    /// Without query, still percent-encoded.
    static func path(of uri: String) -> String {
        let target = originForm(of: uri)
        // By bytes: to tell characters apart is dear, and this is asked twice for each request.
        return target.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(target[..<$0]) } ?? target
    }

    /// What follows the first `?`.
    static func query(of uri: String) -> String? {
        uri.firstIndex(of: "?").map { String(uri[uri.index(after: $0)...]) }
    }

    /// `desk.example` of `desk.example:8080`, `[::1]` of `[::1]:8080`; nil when it is no host.
    static func hostWithoutPort(_ host: String) -> String? {
        guard (1...261).contains(host.utf8.count), host.utf8.allSatisfy(WebOrigin.isHostByte) else { return nil }
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            return String(host[...end])
        }
        let name = host.prefix { $0 != ":" }
        return name.isEmpty ? nil : String(name)
    }

    private static func schemeEnd(of uri: String) -> String.Index? {
        for scheme in ["http://", "https://"] where uri.lowercased().hasPrefix(scheme) {
            return uri.index(uri.startIndex, offsetBy: scheme.count, limitedBy: uri.endIndex)
        }
        return nil
    }
}
