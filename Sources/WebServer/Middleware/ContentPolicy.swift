/// A Content-Security-Policy. None of them allows inline script without its digest.
package struct ContentPolicy: Sendable {
    private var scripts = ["'self'"]
    private var ancestors = ["'none'"]
    private let isPage: Bool

    /// For our pages: everything from our own origin, framed by nobody.
    package static let page = ContentPolicy(isPage: true)
    /// For everything that is no page: nothing at all.
    package static let none = ContentPolicy(isPage: false)

    private init(isPage: Bool) {
        self.isPage = isPage
    }

    /// Also the inline script with this digest: base64 of its SHA-256. For import maps.
    package func allowing(scriptDigest: String) -> ContentPolicy {
        var copy = self
        copy.scripts.append("'sha256-\(scriptDigest)'")
        return copy
    }

    /// Framed by these origins only; what could break out of the header is left out.
    package func framed(by origins: [String]) -> ContentPolicy {
        var copy = self
        let harmless = origins.filter { !$0.isEmpty && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3B && $0 != 0x2C } }
        copy.ancestors = harmless.isEmpty ? ["'none'"] : harmless
        return copy
    }

    /// The header's value.
    package var text: String {
        let frames = "frame-ancestors \(ancestors.joined(separator: " "))"
        guard isPage else { return "default-src 'none'; base-uri 'none'; form-action 'none'; \(frames)" }
        return
            "default-src 'none'; script-src \(scripts.joined(separator: " ")); style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
            + "connect-src 'self'; media-src 'self'; manifest-src 'self'; frame-src 'self'; worker-src 'self'; base-uri 'none'; "
            + "form-action 'self'; \(frames)"
    }
}
