package import Gateway
import HTTPTypes
package import Logging
import NIOCore
package import Vocabulary
package import WebServer

/// `/api/gateway/live`: signed in by the console's cookie, which pages of other origins could make a browser send too; so the console's own
/// origin is needed.
package struct LiveSocket: Sendable {
    private static let path = "/api/gateway/live"

    private let gateway: GatewayRoom
    private let clock: any WallClock
    private let admission: LiveAdmission
    private let logger: Logger

    package init(gateway: GatewayRoom, clock: any WallClock = SystemClock(), admission: LiveAdmission, logger: Logger) {
        self.gateway = gateway
        self.clock = clock
        self.admission = admission
        self.logger = logger
    }

    package var route: SocketRoute {
        // Clients say nothing; the greeting of a thousand nodes has less than the backlog.
        SocketRoute(
            limits: SocketLimits(message: 1_024, backlog: 4 * 1_024 * 1_024), matches: { $0 == Self.path }, decide: { await decide($0) })
    }

    private func decide(_ request: SocketRequest) async -> SocketDecision {
        guard let origin = request.origin?.lowercased(), origin == request.ownOrigin else { return .refuse(.foreignOrigin) }
        do {
            guard let member = try await admission.principal(request) else { return .refuse(.signedOut) }
            let feed = LiveFeed(gateway: gateway, clock: clock, viewer: member, current: admission.current)
            return .accept { _ in LiveSocketHandler(feed: feed, logger: logger) }
        } catch {
            return .refuse(.unavailable)
        }
    }
}

extension Problem {
    fileprivate static let foreignOrigin = Problem(
        .forbidden, code: "web.cross_origin", detail: "This socket is for the console's own pages.")
    fileprivate static let signedOut = Problem(
        .unauthorized, code: "people.signed_out", detail: "Sign in first; the session may have ended.")
    fileprivate static let unavailable = Problem(
        .serviceUnavailable, code: "gateway.unavailable", detail: "The server could not look this up. Try again in a moment.")
}

/// Between a WebSocket and a `LiveFeed`: it starts and ends with the socket.
final class LiveSocketHandler: SocketHandler {
    private let feed: LiveFeed
    private let logger: Logger
    private var task: Task<Void, Never>?

    init(feed: LiveFeed, logger: Logger) {
        self.feed = feed
        self.logger = logger
    }

    func opened(_ socket: Socket) {
        task = Task { [feed] in await feed.run(on: SocketOutlet(socket: socket)) }
    }

    /// Nothing is asked here.
    func received(text: ByteBuffer, on socket: Socket) {}
    func receivedBinary(on socket: Socket) {}

    func overflowed(_ socket: Socket) {
        logger.info("a live view reads too slowly even for its greeting", metadata: ["request": "\(socket.request.requestID)"])
        socket.close(code: 1_013, reason: "read faster, or come back later")
    }

    func draining(_ socket: Socket, afterMilliseconds: Int) {
        socket.close(code: 1_012, reason: "the server restarts")
    }

    func closed(_ socket: Socket) {
        task?.cancel()
        task = nil
    }
}

/// A socket as the feed uses it.
private struct SocketOutlet: LiveOutlet {
    let socket: Socket

    func send(_ frame: [UInt8]) async {
        socket.send(SocketFrame(text: frame))
        // Resumed at the latest when the socket closes.
        await withCheckedContinuation { continuation in socket.whenDrained { continuation.resume() } }
    }

    func close(code: UInt16, reason: String) {
        socket.close(code: code, reason: reason)
    }
}
