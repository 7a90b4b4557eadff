import HTTPTypes
package import Hummingbird
import Logging

/// Gives every request a name: the client's own `x-request-id` if it is harmless, else a new one. Echoed, and on every log line.
package struct RequestIDs: RouterMiddleware {
    package typealias Context = RequestScope

    package init() {}

    package func handle(_ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response) async throws
        -> Response
    {
        var context = context
        if let given = RequestID.accepted(request.headers[.requestID]) {
            context.requestID = given
            context.logger[metadataKey: "request"] = "\(given)"
        }
        var response = try await next(request, context)
        response.headers[.requestID] = context.requestID
        return response
    }
}
