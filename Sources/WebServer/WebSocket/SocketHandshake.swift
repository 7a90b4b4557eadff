import Crypto
import FoundationEssentials
import HTTPTypes
import NIOHTTP1

/// The opening handshake of RFC 6455 section 4.2.1.
enum SocketHandshake: Equatable {
    /// The request does not ask for a WebSocket.
    case none
    /// It asks for one, but not as the RFC demands.
    case refused(Problem)
    case asked(key: String)

    init(_ head: HTTPRequestHead) {
        guard Self.tokens("upgrade", in: head).contains("websocket") else {
            self = .none
            return
        }
        if let problem = Self.problem(of: head) {
            self = .refused(problem)
        } else if let key = Self.key(of: head) {
            self = .asked(key: key)
        } else {
            self = .refused(Self.bad("Sec-WebSocket-Key must be 16 bytes in base64, once."))
        }
    }

    /// What goes into `sec-websocket-accept`.
    static func answer(to key: String) -> String {
        let digest = Insecure.SHA1.hash(data: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return Data(digest).base64EncodedString()
    }

    private static func problem(of head: HTTPRequestHead) -> Problem? {
        guard head.method == .GET, head.version == .http1_1 else { return bad("A WebSocket opens with GET over HTTP/1.1.") }
        guard tokens("connection", in: head).contains("upgrade") else { return bad("The Connection header must name upgrade.") }
        guard head.headers["sec-websocket-version"] == ["13"] else {
            return Problem(
                .upgradeRequired, code: "web.websocket_version", detail: "Only version 13 of the WebSocket protocol is spoken here.",
                headers: [.secWebSocketVersion: "13", .upgrade: "websocket"])
        }
        guard !head.headers.contains(name: "transfer-encoding"), head.headers["content-length"].allSatisfy({ $0 == "0" }) else {
            return bad("A request that opens a WebSocket has no body.")
        }
        return nil
    }

    private static func key(of head: HTTPRequestHead) -> String? {
        let keys = head.headers["sec-websocket-key"]
        guard keys.count == 1, let key = keys.first, key.utf8.count == 24, Data(base64Encoded: key)?.count == 16 else { return nil }
        return key
    }

    private static func tokens(_ name: String, in head: HTTPRequestHead) -> [String] {
        head.headers[canonicalForm: name].map { $0.lowercased() }
    }

    private static func bad(_ detail: String) -> Problem {
        Problem(.badRequest, code: "web.websocket_handshake", detail: detail)
    }
}
