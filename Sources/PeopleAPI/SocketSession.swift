import HTTPTypes
package import People
package import Vocabulary
package import WebServer

extension PeopleRoom {
    /// Who is signed in by the session cookie of a request that opens a WebSocket; nil for nobody. Browsers send the cookie along for pages of
    /// other origins on the same site too: whoever asks checks the origin.
    package func principal(of request: SocketRequest) async throws -> MemberPrincipal? {
        guard let token = SessionCookie(for: request).token(in: request) else { return nil }
        return try await sessions.principal(forToken: token)
    }
}

extension SessionCookie {
    fileprivate init(for request: SocketRequest) {
        self.init(isSecure: request.isSecure || request.ownOrigin?.hasPrefix("https://") == true)
    }

    /// RFC 6265 section 4.2.1; the first of that name, as for other requests.
    fileprivate func token(in request: SocketRequest) -> String? {
        let pairs = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let key = parts.first, let value = parts.last, key.trimmingSpaces == name else { continue }
            return String(value.trimmingSpaces)
        }
        return nil
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return drop(while: isSpace).dropLast(reversed().prefix(while: isSpace).count)
    }
}
