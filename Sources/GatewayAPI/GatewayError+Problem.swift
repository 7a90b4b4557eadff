import Gateway
import HTTPTypes
import Hummingbird
import WebServer

extension GatewayError {
    /// As HTTP says it; the only place where the room's errors meet status codes.
    var problem: Problem {
        Problem(
            status, code: code, detail: explanation,
            fields: faults.map { FieldProblem(field: $0.field, code: $0.code, detail: $0.reason) })
    }

    private var status: HTTPResponse.Status {
        switch self {
        case .invalid, .nodeURL, .nodeMoved: .unprocessableContent
        case .forbidden: .forbidden
        case .cursorInvalid: .badRequest
        case .keyNotFound, .nodeNotFound, .priceNotFound, .requestNotFound: .notFound
        case .keyNameTaken, .keyRevoked, .nodeNameTaken, .priceTaken, .probeRunning, .probeBudget, .tooMany, .unsealable: .conflict
        case .houseKey: .internalServerError
        }
    }
}

/// Translates the room's errors for all routes behind it.
struct GatewayProblems: RouterMiddleware {
    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as GatewayError {
            throw error.problem
        }
    }
}
