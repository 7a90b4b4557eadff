import NIOHTTP1
import Testing

@testable import WebServer

@Suite("The opening handshake")
struct SocketHandshakeTests {
    private static let good: [(String, String)] = [
        ("Host", "desk.example"), ("Upgrade", "websocket"), ("Connection", "keep-alive, Upgrade"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    @Test("is understood as the RFC writes it")
    func accepted() {
        #expect(SocketHandshake(head(Self.good)) == .asked(key: "dGhlIHNhbXBsZSBub25jZQ=="))
        #expect(SocketHandshake.answer(to: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test("is none when nobody asks for a WebSocket")
    func none() {
        #expect(SocketHandshake(head([("Host", "a")])) == .none)
        #expect(SocketHandshake(head([("Host", "a"), ("Upgrade", "h2c"), ("Connection", "upgrade")])) == .none)
    }

    @Test(
        "is refused with a code when it is not whole",
        arguments: [
            ("connection", "keep-alive", "web.websocket_handshake"), ("sec-websocket-version", "8", "web.websocket_version"),
            ("sec-websocket-key", "short", "web.websocket_handshake"),
            ("sec-websocket-key", "!!!!!!!!!!!!!!!!!!!!!!==", "web.websocket_handshake"),
            ("content-length", "5", "web.websocket_handshake"), ("transfer-encoding", "chunked", "web.websocket_handshake"),
        ])
    func refused(name: String, value: String, code: String) {
        var headers = HTTPHeaders(Self.good)
        headers.replaceOrAdd(name: name, value: value)
        guard case .refused(let problem) = SocketHandshake(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/ws", headers: headers))
        else {
            Issue.record("not refused")
            return
        }
        #expect(problem.code == code)
    }

    @Test("is refused with two keys, by POST and over HTTP/1.0")
    func refusedOtherwise() {
        for head in [
            head(Self.good + [("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]),
            HTTPRequestHead(version: .http1_1, method: .POST, uri: "/ws", headers: HTTPHeaders(Self.good)),
            HTTPRequestHead(version: .http1_0, method: .GET, uri: "/ws", headers: HTTPHeaders(Self.good)),
        ] {
            guard case .refused = SocketHandshake(head) else {
                Issue.record("not refused: \(head)")
                continue
            }
        }
    }

    private func head(_ headers: [(String, String)]) -> HTTPRequestHead {
        HTTPRequestHead(version: .http1_1, method: .GET, uri: "/ws", headers: HTTPHeaders(headers))
    }
}
