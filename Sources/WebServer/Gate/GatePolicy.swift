import HTTPTypes
import NIOHTTP1
import Relay

/// What happens to one request, decided from its head alone.
enum GateDecision {
    case router
    case socket(SocketRoute, key: String)
    /// Past the router, by handlers alone.
    case relay(RelayRoute)
    /// The gate answers by itself and closes.
    case answer(Problem)
    /// To the same place under TLS.
    case redirect(to: String)
}

/// The rules of the front gate: pure, so that they can be tested without a connection.
struct GatePolicy: Sendable {
    let limits: WebServerLimits
    let sockets: [SocketRoute]
    var relays: [RelayRoute] = []
    /// Set on the plain port beside TLS: everything but health checks is sent there.
    let redirectPort: Int?

    func decide(_ head: HTTPRequestHead) -> GateDecision {
        if let problem = RequestCheck(limits: limits).problem(of: head) { return .answer(problem) }
        let path = RequestTarget.path(of: head.uri)
        if let redirectPort, path != "/health", path != "/ready" { return redirect(head, port: redirectPort) }
        guard let route = sockets.first(where: { $0.matches(path) }) else {
            return relay(head.method, path: path).map(GateDecision.relay) ?? .router
        }
        switch SocketHandshake(head) {
        case .none: return .router
        case .refused(let problem): return .answer(problem)
        case .asked(let key): return .socket(route, key: key)
        }
    }

    /// Who relays such a request; nil: it is the router's.
    func relay(_ method: HTTPMethod, path: String) -> RelayRoute? {
        relays.first { $0.takes(method, path[...]) }
    }

    private func redirect(_ head: HTTPRequestHead, port: Int) -> GateDecision {
        guard let host = head.headers["host"].first, let name = RequestTarget.hostWithoutPort(host), head.uri.hasPrefix("/") else {
            return .answer(Problem(.upgradeRequired, code: "web.https_required", detail: "This server speaks HTTPS on port \(port)."))
        }
        return .redirect(to: "https://\(name)\(port == 443 ? "" : ":\(port)")\(head.uri)")
    }
}

extension Problem {
    /// For a socket's path that was asked for in another way.
    static let socketExpected = Problem(
        .upgradeRequired, code: "web.websocket_expected", detail: "Open this address as a WebSocket over HTTP/1.1.",
        headers: [.upgrade: "websocket", .connection: "upgrade"])
}
