import HTTPTypes
package import Hummingbird
import Logging
import Vocabulary

/// One line per answered request, and its count. Never its query or body: they may carry what is nobody's business.
package struct AccessLog: RouterMiddleware {
    package typealias Context = RequestScope

    private let figures: WebFigures

    package init(figures: WebFigures) {
        self.figures = figures
    }

    package func handle(_ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response) async throws
        -> Response
    {
        let began = ContinuousClock.now
        let response = try await next(request, context)
        figures.answered(method: request.method.rawValue, status: response.status.code, after: began.duration(to: .now))
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
