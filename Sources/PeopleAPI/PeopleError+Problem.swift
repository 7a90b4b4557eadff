import HTTPTypes
import People
import Vocabulary
import WebServer

extension PeopleError {
    /// As HTTP says it; the only place where the room's errors meet status codes.
    /// - Parameter path: where a field stands in the body that was sent.
    func problem(path: (FieldFault.Field) -> String = { $0.rawValue }) -> Problem {
        Problem(status, code: code, detail: explanation, fields: fields(path), headers: headers)
    }

    private var status: HTTPResponse.Status {
        switch self {
        case .invalid: .unprocessableContent
        case .signedOut, .signInRefused: .unauthorized
        case .forbidden, .passwordWrong, .setupTokenRefused: .forbidden
        case .tooManyTries: .tooManyRequests
        case .emailTaken, .alreadySetUp, .lastOwner: .conflict
        case .memberUnknown, .sessionUnknown, .invitationUnknown: .notFound
        case .cursorInvalid: .badRequest
        case .busy: .serviceUnavailable
        case .passwordsUnavailable: .internalServerError
        }
    }

    private func fields(_ path: (FieldFault.Field) -> String) -> [FieldProblem] {
        guard case .invalid(let faults) = self else { return [] }
        return faults.map { FieldProblem(field: path($0.field), code: $0.reason.code, detail: $0.reason.explanation) }
    }

    private var headers: HTTPFields {
        switch self {
        // Rounded up: a client that waits as told is not refused again.
        case .tooManyTries(let wait): [.retryAfter: String(max(1, (wait.wholeMilliseconds + 999) / 1_000))]
        case .busy: [.retryAfter: "2"]
        default: [:]
        }
    }
}
