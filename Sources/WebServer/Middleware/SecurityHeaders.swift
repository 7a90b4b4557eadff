import HTTPTypes
package import Hummingbird

/// The headers that tell browsers to be strict. What a route has set itself stays: that is how the widget's page may be framed.
package struct SecurityHeaders: RouterMiddleware {
    package typealias Context = RequestScope

    package init() {}

    package func handle(_ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response) async throws
        -> Response
    {
        var response = try await next(request, context)
        Self.set(.xContentTypeOptions, "nosniff", on: &response)
        // Scripts and styles of ours are no documents: the rest would be half of what a visitor loads.
        if request.uri.path.hasPrefix("/assets/") { return response }
        let isPage = response.headers[.contentType]?.hasPrefix("text/html") == true
        Self.set(.contentSecurityPolicy, (isPage ? ContentPolicy.page : ContentPolicy.none).text, on: &response)
        // Not "no-referrer": it makes browsers send `Origin: null`, which the check of origins would refuse.
        Self.set(.referrerPolicy, "same-origin", on: &response)
        Self.set(.permissionsPolicy, "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()", on: &response)
        Self.set(.openerPolicy, "same-origin", on: &response)
        Self.set(.resourcePolicy, "same-origin", on: &response)
        if context.isSecure { Self.set(.strictTransportSecurity, "max-age=31536000", on: &response) }
        return response
    }

    private static func set(_ name: HTTPField.Name, _ value: String, on response: inout Response) {
        if response.headers[name] == nil { response.headers[name] = value }
    }
}
