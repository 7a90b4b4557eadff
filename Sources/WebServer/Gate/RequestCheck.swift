import HTTPTypes
import NIOHTTP1

/// What a request's head must keep to before anyone looks at what it wants (RFC 9112, RFC 9110).
struct RequestCheck {
    let limits: WebServerLimits

    func problem(of head: HTTPRequestHead) -> Problem? {
        if head.uri.utf8.count > limits.target { return .targetTooLong(limit: limits.target) }
        if size(of: head) > limits.head { return .headTooLarge(limit: limits.head) }
        return problemOfForm(head) ?? problemOfFraming(head)
    }

    private func size(of head: HTTPRequestHead) -> Int {
        head.headers.reduce(head.uri.utf8.count + 16) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    }

    private func problemOfForm(_ head: HTTPRequestHead) -> Problem? {
        let hosts = head.headers["host"]
        if hosts.count > 1 || (hosts.isEmpty && !head.version.isOld) { return .malformed("A request needs exactly one Host header.") }
        if head.method == .CONNECT || head.method == .TRACE {
            return Problem(.notImplemented, code: "web.method_unknown", detail: "This method is not spoken here.")
        }
        guard head.uri.hasPrefix("/") || head.uri == "*" || RequestTarget.originForm(of: head.uri).hasPrefix("/") else {
            return .malformed("The request target must begin with a slash.")
        }
        // What isn't ASCII must be percent-encoded; control characters never reach us.
        guard head.uri.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return .malformed("The request target has characters that it may not have.")
        }
        return nil
    }

    /// Two opinions on where a body ends are how requests are smuggled past a proxy.
    private func problemOfFraming(_ head: HTTPRequestHead) -> Problem? {
        let lengths = head.headers["content-length"]
        let encodings = head.headers["transfer-encoding"]
        if lengths.count > 1 || (!lengths.isEmpty && !encodings.isEmpty) { return .malformed("A request has one length of body.") }
        if !encodings.isEmpty {
            guard !head.version.isOld, encodings.count == 1, encodings.first?.lowercased() == "chunked" else {
                return Problem(.notImplemented, code: "web.transfer_encoding", detail: "The only transfer encoding spoken here is chunked.")
            }
        }
        let expectations = head.headers["expect"]
        if !expectations.isEmpty, expectations.count > 1 || expectations.first?.lowercased() != "100-continue" {
            return Problem(.expectationFailed, code: "web.expectation", detail: "The only expectation known here is 100-continue.")
        }
        return nil
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
