import Desk
import DeskProtocol
import HTTPTypes
import Hummingbird
import Vocabulary
import WebServer

/// The long poll (sync-protocol §12): a live session whose frames are one HTTP answer.
struct SyncRoutes: Sendable {
    /// The longest wait that a client may ask for.
    private static let longestWait: Int64 = 25

    let desk: DeskRoom

    @Sendable func staff(_ request: Request, context: RequestScope) async throws -> Response {
        try await poll(.member(try context.requireMember()), request)
    }

    @Sendable func customer(_ request: Request, context: RequestScope) async throws -> Response {
        try await poll(.customer(try await desk.visitor(of: request, context).principal), request)
    }

    private func poll(_ principal: Principal, _ request: Request) async throws -> Response {
        let cursors = try request.cursors()
        let wait = min(try request.queryNumber("wait") ?? Self.longestWait, Self.longestWait)
        let outlet = PollOutlet()
        let session = LiveSession(
            principal, connection: ULID.make(at: SystemClock().now()).description, desk: desk, outlet: outlet)
        defer { session.finish() }
        try await session.begin(cursors)
        if outlet.isQuiet {
            await outlet.news(within: .seconds(wait))
            session.emitResumed()
        }
        if let problem = outlet.problem { throw problem }
        let frames = outlet.frames
        return .object { writer in
            writer.member("epoch", desk.epoch)
            writer.array("frames", frames) { $0.raw($1) }
        }
    }
}

extension Request {
    /// `epoch`, `feed` and any number of `conversation=<id>:<seq>`.
    fileprivate func cursors() throws(Problem) -> Cursors {
        var cursors = Cursors(epoch: uri.queryParameters["epoch"].map(String.init), feed: try queryNumber("feed"))
        for text in uri.queryParameters[values: "conversation"] {
            let parts = text.split(separator: ":")
            guard parts.count == 2, let id = parts.first.flatMap({ ConversationID($0) }), let seq = parts.last.flatMap({ Int64($0) }),
                seq >= 0
            else { throw .badQuery("conversation", "<id>:<number>") }
            cursors.conversations[id] = seq
        }
        return cursors
    }
}
