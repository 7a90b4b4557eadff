import HTTPTypes
package import Hummingbird
import Logging
import NIOCore

/// Turns every thrown error into an answer of RFC 9457. What nobody foresaw is logged with the request's id and told to nobody else.
package struct ProblemAnswers: RouterMiddleware {
    package typealias Context = RequestScope

    package init() {}

    package func handle(_ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response) async throws
        -> Response
    {
        do {
            return try await next(request, context)
        } catch {
            return Self.response(to: error, request: request, scope: context)
        }
    }

    static func response(to error: any Error, request: Request, scope: RequestScope) -> Response {
        problem(for: error, request: request, scope: scope).response
    }

    private static func problem(for error: any Error, request: Request, scope: RequestScope) -> Problem {
        switch error {
        case let problem as Problem: problem
        case is NIOTooManyBytesError: .bodyTooLarge(limit: scope.maxUploadSize)
        case let error as HTTPError: problem(for: error, request: request, scope: scope)
        case let error as any HTTPResponseError where error.status.code < 500:
            Problem(error.status, code: "web.refused", detail: "The request could not be answered.")
        case is CancellationError: Problem(.serviceUnavailable, code: "web.cancelled", detail: "The request was given up: try again.")
        default: unforeseen(error, scope: scope)
        }
    }

    private static func problem(for error: HTTPError, request: Request, scope: RequestScope) -> Problem {
        if isUnmatched(error, scope: scope) { return unmatched(request, scope: scope) }
        guard error.status.code < 500 else { return unforeseen(error, scope: scope) }
        let detail = error.body ?? "The request could not be answered."
        return Problem(error.status, code: "web.refused", detail: detail, headers: error.headers)
    }

    /// No route has this path, by whatever method.
    static func isNowhere(_ error: HTTPError, request: Request, scope: RequestScope) -> Bool {
        isUnmatched(error, scope: scope) && scope.methods.methods(of: request.uri.path).isEmpty
    }

    /// What Hummingbird notes where no route fits; a route's own path begins with a slash.
    private static func isUnmatched(_ error: HTTPError, scope: RequestScope) -> Bool {
        error.status == .notFound && scope.endpointPath?.hasPrefix("/") != true
    }

    /// The router says only that it has no such route; whether another method would do, we look up.
    private static func unmatched(_ request: Request, scope: RequestScope) -> Problem {
        let methods = scope.methods.methods(of: request.uri.path)
        guard !methods.isEmpty else { return Problem(.notFound, code: "web.not_found", detail: "There is nothing at this address.") }
        let allowed = methods.joined(separator: ", ")
        return Problem(
            .methodNotAllowed, code: "web.method_not_allowed", detail: "This address takes \(allowed).", headers: [.allow: allowed])
    }

    private static func unforeseen(_ error: any Error, scope: RequestScope) -> Problem {
        scope.logger.error("a request failed", metadata: ["error": "\(error)", "error.type": "\(type(of: error))"])
        return Problem(
            .internalServerError, code: "web.internal", detail: "Something went wrong in the server. It is logged under the request's id.",
            extras: ["request": .text(scope.requestID)])
    }
}
