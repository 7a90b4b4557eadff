import HTTPTypes
package import Hummingbird
import Logging
import Vocabulary

/// One line per answered request. Never its query or body: they may carry what is nobody's business.
package struct AccessLog: RouterMiddleware {
    package typealias Context = RequestScope

    package init() {}

    package func handle(_ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response) async throws
        -> Response
    {
        let began = ContinuousClock.now
        let response = try await next(request, context)
        let path = request.uri.path
        // Health checks come every few seconds from every balancer.
        let level: Logger.Level = path == "/health" || path == "/ready" ? .debug : .info
        context.logger.log(
            level: level, "request",
            metadata: [
                "method": "\(request.method.rawValue.clipped(to: 16))", "path": "\(path.clipped(to: 200))",
                "status": "\(response.status.code)",
                "ms": "\(began.duration(to: .now).milliseconds)", "client": "\(context.clientAddress)",
            ])
        return response
    }
}
