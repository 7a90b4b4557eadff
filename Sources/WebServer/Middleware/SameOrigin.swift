import HTTPTypes
package import Hummingbird

/// The defence against requests that another site makes in a member's name, besides SameSite cookies: what changes something and comes from a
/// browser must come from our own pages, and its body must be JSON, which no form can send.
package struct SameOrigin: RouterMiddleware {
    package typealias Context = RequestScope

    private let isExempt: @Sendable (String) -> Bool

    /// - Parameter isExempt: paths that answer programs and take no cookie.
    package init(isExempt: @escaping @Sendable (String) -> Bool = { _ in false }) {
        self.isExempt = isExempt
    }

    package func handle(_ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response) async throws
        -> Response
    {
        if let problem = Self.problem(of: request, ownOrigin: context.ownOrigin(of: request)), !isExempt(request.uri.path) { throw problem }
        return try await next(request, context)
    }

    static func problem(of request: Request, ownOrigin: String?) -> Problem? {
        switch request.method {
        case .get, .head, .options: return nil
        default: break
        }
        let headers = request.headers
        let (origin, site) = (headers[.origin], headers[.secFetchSite])
        if headers[.cookie] != nil || origin != nil || site != nil {
            // A browser can't be made to lie in either header.
            let isOwn = site == "same-origin" || (origin != nil && origin?.lowercased() == ownOrigin && site != "cross-site")
            if !isOwn { return .crossOrigin }
        }
        return hasBody(request) && !isJSON(headers[.contentType]) ? .mediaType : nil
    }

    private static func hasBody(_ request: Request) -> Bool {
        if let length = request.headers[.contentLength] { return length != "0" }
        return request.headers[.transferEncoding] != nil || request.headers[.contentType] != nil
    }

    private static func isJSON(_ type: String?) -> Bool {
        let essence = type?.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return essence == "application/json"
    }
}

extension Problem {
    static let crossOrigin = Problem(
        .forbidden, code: "web.cross_origin", detail: "This request did not come from this server's own pages.")
    static let mediaType = Problem(
        .unsupportedMediaType, code: "web.media_type", detail: "Send the body as application/json.",
        headers: [.acceptPost: "application/json"])
}

extension HTTPField.Name {
    fileprivate static let acceptPost = HTTPField.Name("accept-post") ?? .accept
}
