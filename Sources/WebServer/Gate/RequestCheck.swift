import HTTPTypes
import NIOHTTP1
import Relay

/// What a request's head must keep to before anyone looks at what it wants (RFC 9112, RFC 9110).
struct RequestCheck {
    let limits: WebServerLimits

    func problem(of head: HTTPRequestHead) -> Problem? {
        if head.uri.utf8.count > limits.target { return .targetTooLong(limit: limits.target) }
        let fields = HeadFields(head)
        if fields.size > limits.head { return .headTooLarge(limit: limits.head) }
        return problemOfForm(head, fields) ?? problemOfFraming(head, fields)
    }

    private func problemOfForm(_ head: HTTPRequestHead, _ fields: HeadFields) -> Problem? {
        if fields.hosts > 1 || (fields.hosts == 0 && !head.version.isOld) { return .malformed("A request needs exactly one Host header.") }
        if head.method == .CONNECT || head.method == .TRACE {
            return Problem(.notImplemented, code: "web.method_unknown", detail: "This method is not spoken here.")
        }
        guard head.uri.utf8.first == UInt8(ascii: "/") || head.uri == "*" || RequestTarget.originForm(of: head.uri).hasPrefix("/") else {
            return .malformed("The request target must begin with a slash.")
        }
        // What isn't ASCII must be percent-encoded; control characters never reach us.
        guard head.uri.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return .malformed("The request target has characters that it may not have.")
        }
        return nil
    }

    /// Two opinions on where a body ends are how requests are smuggled past a proxy.
    private func problemOfFraming(_ head: HTTPRequestHead, _ fields: HeadFields) -> Problem? {
        if fields.lengths > 1 || (fields.lengths > 0 && fields.encodings > 0) { return .malformed("A request has one length of body.") }
        if fields.encodings > 0 {
            guard !head.version.isOld, fields.encodings == 1, fields.encoding.isField("chunked") else {
                return Problem(.notImplemented, code: "web.transfer_encoding", detail: "The only transfer encoding spoken here is chunked.")
            }
        }
        if fields.expectations > 0, fields.expectations > 1 || !fields.expectation.isField("100-continue") {
            return Problem(.expectationFailed, code: "web.expectation", detail: "The only expectation known here is 100-continue.")
        }
        return nil
    }
}

/// What the check wants of a request's fields, found in one pass: looking each up by name costs as many walks along all of them.
private struct HeadFields {
    /// Of the whole head, in bytes.
    private(set) var size: Int
    private(set) var hosts = 0
    private(set) var lengths = 0
    private(set) var encodings = 0
    /// The last one.
    private(set) var encoding = ""
    private(set) var expectations = 0
    private(set) var expectation = ""

    init(_ head: HTTPRequestHead) {
        size = head.uri.utf8.count + 16
        for (name, value) in head.headers {
            size += name.utf8.count + value.utf8.count + 4
            switch name.utf8.count {
            case 4 where name.isField("host"): hosts += 1
            case 6 where name.isField("expect"):
                expectations += 1
                expectation = value
            case 14 where name.isField("content-length"): lengths += 1
            case 17 where name.isField("transfer-encoding"):
                encodings += 1
                encoding = value
            default: break
            }
        }
    }
}

extension Problem {
    static func targetTooLong(limit: Int) -> Problem {
        Problem(.uriTooLong, code: "web.target_too_long", detail: "The address may have at most \(limit) bytes.")
    }

    static func headTooLarge(limit: Int) -> Problem {
        Problem(
            .requestHeaderFieldsTooLarge, code: "web.head_too_large", detail: "Request line and headers may have at most \(limit) bytes.")
    }

    static func malformed(_ detail: String) -> Problem {
        Problem(.badRequest, code: "web.bad_request", detail: detail)
    }

    static let headLate = Problem(.requestTimeout, code: "web.head_late", detail: "The request's head did not arrive in time.")
    static let bodyLate = Problem(.requestTimeout, code: "web.body_late", detail: "The request's body stopped arriving.")
    static let decisionLate = Problem(
        .serviceUnavailable, code: "web.decision_late", detail: "The server could not decide in time: try again.")
    static let versionUnknown = Problem(
        .httpVersionNotSupported, code: "web.http_version", detail: "HTTP/1.1 and, under TLS, HTTP/2 are spoken here.")
}
