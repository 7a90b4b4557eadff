import HTTPTypes
import Hummingbird
import People
import Vocabulary
import WebServer

/// The cookie that carries a session's token.
///
/// HttpOnly: no script reads it. SameSite=Strict: no other site's page sends it. `__Host-` (draft-ietf-httpbis-rfc6265bis section 4.1.3.2): under
/// TLS no subdomain and no plain-text answer can set it.
struct SessionCookie {
    private let isSecure: Bool

    init(isSecure: Bool) {
        self.isSecure = isSecure
    }

    /// Judged by the address that the browser sees, so that a proxy which ends TLS changes nothing.
    init(for request: Request, in context: RequestScope) {
        isSecure = context.isSecure || context.ownOrigin(of: request)?.hasPrefix("https://") == true
    }

    /// What `request` presents; the plain name counts only without TLS.
    func token(in request: Request) -> String? {
        request.cookies[name]?.value
    }

    /// A `set-cookie` header that keeps `token` as long as the session may live at most.
    func keeping(_ token: Token) -> HTTPFields {
        header(value: token.text.reveal(), seconds: Session.wholeLife.components.seconds)
    }

    /// A `set-cookie` header that throws the cookie away.
    var ending: HTTPFields { header(value: "", seconds: 0) }

    var name: String { isSecure ? "__Host-switchboard" : "switchboard" }

    private func header(value: String, seconds: Int64) -> HTTPFields {
        [.setCookie: "\(name)=\(value); Max-Age=\(seconds); Path=/; HttpOnly; SameSite=Strict\(isSecure ? "; Secure" : "")"]
    }
}
