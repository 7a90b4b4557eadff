import FoundationEssentials
package import HTTPTypes
package import Hummingbird
import NIOCore

/// JSON in and out.
package enum JSONBody {
    /// Bytes of a body unless a route says otherwise.
    package static let limit = 64 * 1_024
}

extension Request {
    /// The body as `type`.
    ///
    /// Throws a `Problem`: 413 `web.body_too_large` over `limit` bytes; 400 `web.bad_json` when it is no JSON; 422 `web.bad_json` with the
    /// field when it does not fit.
    package func decode<Value: Decodable>(_ type: Value.Type, in context: RequestScope, limit: Int = JSONBody.limit) async throws -> Value {
        let bytes: ByteBuffer
        do {
            bytes = try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw Problem.bodyTooLarge(limit: limit)
        }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes.readableBytesView))
        } catch let error as DecodingError {
            throw Problem.badJSON(error)
        }
    }
}

extension Response {
    /// `value` as JSON, never cached.
    package static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = ByteBuffer(bytes: try encoder.encode(value))
        var headers = headers
        headers[.contentType] = "application/json"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }
}

extension Problem {
    package static func bodyTooLarge(limit: Int) -> Problem {
        Problem(.contentTooLarge, code: "web.body_too_large", detail: "The body may have at most \(limit) bytes.")
    }

    static func badJSON(_ error: DecodingError) -> Problem {
        switch error {
        case .keyNotFound(let key, let context):
            badField(context.codingPath + [key], code: "missing", detail: "This field is missing.")
        case .valueNotFound(_, let context):
            badField(context.codingPath, code: "missing", detail: "This field must not be null.")
        case .typeMismatch(_, let context):
            badField(context.codingPath, code: "wrong_type", detail: "This field has the wrong type.")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            badField(context.codingPath, code: "invalid", detail: "This field's value is not valid.")
        default:
            Problem(.badRequest, code: "web.bad_json", detail: "The body must be one JSON value in UTF-8.")
        }
    }

    private static func badField(_ path: [any CodingKey], code: String, detail: String) -> Problem {
        let field = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        let problem = FieldProblem(field: field, code: code, detail: detail)
        return Problem(.unprocessableContent, code: "web.bad_json", detail: "The body does not have the expected form.", fields: [problem])
    }
}
