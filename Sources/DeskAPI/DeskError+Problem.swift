import Desk
import DeskProtocol
import HTTPTypes
package import WebServer

extension DeskError {
    /// As HTTP says it; the only place where the desk's errors meet status codes.
    package var problem: Problem { problem(for: .staff) }

    /// - Parameter audience: in whose numbers the events of `stale` are written.
    func problem(for audience: Audience) -> Problem {
        switch self {
        case .stale(let events):
            let json = events.json(for: audience)
            return Problem(.conflict, code: code, detail: explanation, extras: ["events": .json(json)])
        case .fieldInvalid(let field, let reason):
            return Problem(
                status, code: code, detail: explanation, fields: [FieldProblem(field: field, code: "invalid", detail: reason)])
        case .frame(let error):
            var headers = HTTPFields()
            if let wait = error.retryAfterMilliseconds { headers[.retryAfter] = String((wait + 999) / 1_000) }
            return Problem(status, code: code, detail: explanation, headers: headers)
        default:
            return Problem(status, code: code, detail: explanation)
        }
    }

    private var status: HTTPResponse.Status {
        switch self {
        case .frame(let error): error.code.status
        case .stale: .conflict
        case .shopUnknown, .shopNotFound, .conversationNotFound, .customerNotFound: .notFound
        case .credentialUnknown: .unauthorized
        case .originRefused, .roleTooLow: .forbidden
        case .fieldInvalid, .membersUnknown: .unprocessableContent
        }
    }
}

extension FrameErrorCode {
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .badJSON: .badRequest
        case .badTicket: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .clientIDReused: .conflict
        case .rateLimited, .tooManyInFlight, .tooManyOpen: .tooManyRequests
        case .storageBusy, .storageFailed: .serviceUnavailable
        default: .unprocessableContent
        }
    }
}

extension [ConversationEvent] {
    /// A JSON array in the numbers of `audience`.
    func json(for audience: Audience) -> String {
        var writer = JSONWriter()
        writer.array(self) { $1.write(to: &$0, for: audience) }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
