package import HTTPTypes
package import Hummingbird
package import NIOCore
import Vocabulary

/// An error answer as RFC 9457 writes it. Throw it from any route or middleware.
package struct Problem: Error, HTTPResponseError, Equatable {
    package var status: HTTPResponse.Status
    /// Stable: what clients and tests compare.
    package var code: String
    package var title: String
    /// For people: what happened and what to do.
    package var detail: String
    package var fields: [FieldProblem]
    /// Sent besides the content headers.
    package var headers: HTTPFields
    /// More members of the object. Names of the standard members are ignored.
    package var extras: [String: ProblemValue]

    package init(
        _ status: HTTPResponse.Status, code: String, title: String? = nil, detail: String, fields: [FieldProblem] = [],
        headers: HTTPFields = [:],
        extras: [String: ProblemValue] = [:]
    ) {
        self.status = status
        self.code = code
        self.title = title ?? status.reasonPhrase
        self.detail = detail
        self.fields = fields
        self.headers = headers
        self.extras = extras
    }

    package func response(from request: Request, context: some RequestContext) -> Response {
        response
    }

    /// The whole answer.
    package var response: Response {
        var headers = headers
        headers[.contentType] = Self.contentType
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    static let contentType = "application/problem+json"
}

/// What is wrong with one field of a body.
package struct FieldProblem: Sendable, Equatable {
    /// Path from the body's root, with dots.
    package let field: String
    package let code: String
    package let detail: String

    package init(field: String, code: String, detail: String) {
        self.field = field
        self.code = code
        self.detail = detail
    }
}

/// The value of an extra member of a problem.
package enum ProblemValue: Sendable, Equatable {
    case text(String)
    case number(Int)
    /// Written as it is: must be valid JSON.
    case json(String)
}

extension Problem {
    private static let standardMembers: Set<String> = ["type", "title", "status", "code", "detail", "errors"]

    /// The JSON object.
    package var body: ByteBuffer {
        var text = "{\"type\":\"about:blank\",\"title\":\(title.jsonQuoted),\"status\":\(status.code)"
        text += ",\"code\":\(code.jsonQuoted),\"detail\":\(detail.jsonQuoted)"
        if !fields.isEmpty { text += ",\"errors\":[\(fields.map(Self.json).joined(separator: ","))]" }
        for (name, value) in extras.sorted(by: { $0.key < $1.key }) where !Self.standardMembers.contains(name) {
            text += ",\(name.jsonQuoted):\(Self.json(value))"
        }
        return ByteBuffer(string: text + "}")
    }

    private static func json(_ field: FieldProblem) -> String {
        "{\"field\":\(field.field.jsonQuoted),\"code\":\(field.code.jsonQuoted),\"detail\":\(field.detail.jsonQuoted)}"
    }

    private static func json(_ value: ProblemValue) -> String {
        switch value {
        case .text(let text): text.jsonQuoted
        case .number(let number): String(number)
        case .json(let json): json
        }
    }
}
