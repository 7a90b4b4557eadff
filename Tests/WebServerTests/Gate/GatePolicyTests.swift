import HTTPTypes
import NIOHTTP1
import Testing

@testable import WebServer

@Suite("The gate's decision")
struct GatePolicyTests {
    private func kind(
        _ uri: String, _ headers: [(String, String)] = [("Host", "desk.example")], method: HTTPMethod = .GET, redirectPort: Int? = nil
    ) -> String {
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: HTTPHeaders(headers))
        let policy = GatePolicy(limits: WebServerLimits(), sockets: [.echo(path: "/echo")], redirectPort: redirectPort)
        return switch policy.decide(head) {
        case .router: "router"
        case .relay: "relay"
        case .socket(_, let key): "socket \(key)"
        case .answer(let problem): "\(problem.status.code) \(problem.code)"
        case .redirect(let location): "redirect \(location)"
        }
    }

    private let upgrade = [
        ("Host", "a"), ("Upgrade", "websocket"), ("Connection", "upgrade"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", RawSocket.key),
    ]

    @Test("gives sockets' paths to their routes and everything else to the router")
    func paths() {
        #expect(kind("/echo?x=1", upgrade) == "socket \(RawSocket.key)")
        #expect(kind("http://a/echo", upgrade) == "socket \(RawSocket.key)")
        #expect(kind("/other", upgrade) == "router")
        #expect(kind("/echo") == "router")
        #expect(kind("/hello") == "router")
        #expect(kind("*", method: .OPTIONS) == "router")
    }

    @Test(
        "refuses what no request may be",
        arguments: [
            ("/" + String(repeating: "a", count: 9_000), [("Host", "a")], "414 web.target_too_long"),
            ("/", [("Host", "a"), ("X", String(repeating: "a", count: 33_000))], "431 web.head_too_large"),
            ("/", [], "400 web.bad_request"), ("/", [("Host", "a"), ("Host", "b")], "400 web.bad_request"),
            ("nowhere", [("Host", "a")], "400 web.bad_request"), ("/a\u{1}b", [("Host", "a")], "400 web.bad_request"),
            ("/é", [("Host", "a")], "400 web.bad_request"),
            ("/", [("Host", "a"), ("Content-Length", "1"), ("Transfer-Encoding", "chunked")], "400 web.bad_request"),
            ("/", [("Host", "a"), ("Content-Length", "1"), ("Content-Length", "1")], "400 web.bad_request"),
            ("/", [("Host", "a"), ("Transfer-Encoding", "gzip, chunked")], "501 web.transfer_encoding"),
            ("/", [("Host", "a"), ("Expect", "the moon")], "417 web.expectation"),
        ] as [(String, [(String, String)], String)])
    func refusals(uri: String, headers: [(String, String)], expected: String) {
        #expect(kind(uri, headers) == expected)
    }

    @Test("sends everything but health checks from the plain port to TLS")
    func redirects() {
        #expect(kind("/a?b=c", [("Host", "desk.example:8080")], redirectPort: 8_443) == "redirect https://desk.example:8443/a?b=c")
        #expect(kind("/", [("Host", "[::1]:8080")], redirectPort: 443) == "redirect https://[::1]/")
        #expect(kind("/health", redirectPort: 8_443) == "router")
        #expect(kind("/ready", redirectPort: 8_443) == "router")
        #expect(kind("/", [("Host", "a b")], redirectPort: 8_443) == "426 web.https_required")
        #expect(kind("//evil.example/", redirectPort: 8_443) == "redirect https://desk.example:8443//evil.example/")
    }

    @Test("CONNECT and TRACE are not spoken", arguments: [HTTPMethod.CONNECT, .TRACE])
    func methods(method: HTTPMethod) {
        #expect(kind("/", method: method) == "501 web.method_unknown")
    }
}

@Suite("A request's target")
struct RequestTargetTests {
    @Test(
        "is brought into origin form",
        arguments: [
            ("/a?b", "/a?b", "/a"), ("http://h/a?b", "/a?b", "/a"), ("HTTPS://h", "/", "/"), ("http://h?q", "/?q", "/"), ("*", "*", "*"),
            ("", "", ""),
        ])
    func originForm(uri: String, origin: String, path: String) {
        #expect(RequestTarget.originForm(of: uri) == origin)
        #expect(RequestTarget.path(of: uri) == path)
    }

    @Test(
        "loses a host's port",
        arguments: [("a:1", "a"), ("a", "a"), ("[::1]:8", "[::1]"), ("[::1", nil), ("", nil), ("a/b", nil), (":1", nil)])
    func hosts(host: String, expected: String?) {
        #expect(RequestTarget.hostWithoutPort(host) == expected)
    }
}
