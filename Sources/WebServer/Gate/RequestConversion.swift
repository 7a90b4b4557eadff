import HTTPTypes
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// From the decoder's head to the router's. NIO's own codec parses every target as a URL, and fails where no answer can be given any more.
enum RequestConversion {
    static func request(from head: HTTPRequestHead, isSecure: Bool) throws -> HTTPRequest {
        HTTPRequest(
            method: try HTTPRequest.Method(head.method), scheme: isSecure ? "https" : "http", authority: head.headers["host"].first,
            path: RequestTarget.originForm(of: head.uri), headerFields: HTTPFields(head.headers, splitCookie: false))
    }
}

extension Problem {
    static func of(_ error: HTTPParserError, limits: WebServerLimits) -> Problem {
        switch error {
        case .headerOverflow: .headTooLarge(limit: limits.head)
        case .invalidVersion: .versionUnknown
        case .invalidMethod: Problem(.badRequest, code: "web.bad_request", detail: "The request does not begin with a known method.")
        default: .malformed("The request is not valid HTTP/1.1.")
        }
    }
}
