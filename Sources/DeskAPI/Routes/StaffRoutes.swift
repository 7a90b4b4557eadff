import Desk
import DeskProtocol
import HTTPTypes
import Hummingbird
import Vocabulary
import WebServer

/// The desk for signed-in members, without sockets: lists, conversations and the `POST` twin of `send`.
struct StaffRoutes: Sendable {
    let desk: DeskRoom

    func add(to group: RouterGroup<RequestScope>) {
        group.post("tickets", use: makeTicket)
        group.get("inbox", use: list)
        group.get("inbox/counts", use: count)
        group.get("inbox/search", use: search)
        group.get("conversations/:id", use: open)
        group.get("conversations/:id/events", use: history)
        group.post("conversations/:id/events", use: post)
        group.post("conversations/:id/receipts", use: acknowledge)
    }

    @Sendable private func makeTicket(_ request: Request, context: RequestScope) async throws -> Response {
        let token = try await desk.tickets.make(for: try context.requireMember())
        return .ticket(token)
    }

    @Sendable private func list(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        let listing = try await desk.inbox.list(
            try request.inboxView(), shop: try request.queryShop(), after: try request.pageCursor(), limit: try request.pageLimit(),
            for: member)
        return .object { listing.write(to: &$0) }
    }

    @Sendable private func search(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        let found = try await desk.search.find(
            request.uri.queryParameters["q"].map(String.init) ?? "", shop: try request.queryShop(), after: try request.pageCursor(),
            limit: try request.pageLimit(), for: member)
        return .object { found.write(to: &$0) }
    }

    @Sendable private func count(_ request: Request, context: RequestScope) async throws -> Response {
        let counts = try await desk.inbox.counts(for: try context.requireMember())
        return .object { writer in
            for view in Inbox.View.allCases {
                writer.name(text: view.rawValue)
                writer.object { writer in
                    writer.member("conversations", Int64(counts[view]?.conversations ?? 0))
                    writer.member("unread", Int64(counts[view]?.unread ?? 0))
                }
            }
        }
    }

    @Sendable private func open(_ request: Request, context: RequestScope) async throws -> Response {
        let snapshot = try await desk.conversations.snapshot(try context.identifier("id"), for: try context.requireMember())
        return .object { snapshot.write(to: &$0) }
    }

    @Sendable private func history(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        return try await desk.history(of: try context.identifier("id"), asked: request, by: .member(member))
    }

    @Sendable private func post(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        return try await desk.post(request, to: try context.identifier("id"), by: .member(member))
    }

    @Sendable private func acknowledge(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        let marks = try await request.fields().watermarks()
        try await desk.conversations.acknowledge(try context.identifier("id"), marks, by: .member(member))
        return .noContent
    }
}

extension Request {
    fileprivate func inboxView() throws(Problem) -> Inbox.View {
        guard let text = uri.queryParameters["view"] else { return .all }
        guard let view = Inbox.View(rawValue: String(text)) else { throw .badQuery("view", "mine, unassigned, all or resolved") }
        return view
    }

    fileprivate func queryShop() throws(Problem) -> ShopID? {
        guard let text = uri.queryParameters["shop"] else { return nil }
        guard let shop = ShopID(text) else { throw .badQuery("shop", "a shop's id") }
        return shop
    }
}

// What staff and visitors do in the same way.

extension DeskRoom {
    /// The HTTP twin of `send` (sync-protocol §4).
    func post(_ request: Request, to conversation: ConversationID?, by principal: Principal) async throws -> Response {
        let asked = try await request.fields().send(idempotencyKey: request.headers[.idempotencyKey])
        guard conversation == nil || asked.conversation == nil || asked.conversation == conversation else {
            throw DeskError.refused(.badFrame, "conversation differs from the address")
        }
        let send = Send(
            conversation: conversation ?? asked.conversation, clientID: asked.clientID, basedOn: asked.basedOn, act: asked.act)
        try admitSend(of: principal)
        do {
            let acknowledgement = try await conversations.post(send, by: principal)
            let isNew = !acknowledgement.isDuplicate && !acknowledgement.isUnchanged
            return .object(isNew ? .created : .ok) { acknowledgement.write(to: &$0, ref: nil) }
        } catch DeskError.stale(let events) {
            throw DeskError.stale(events).problem(for: principal.audience)
        } catch let error as DeskError {
            throw error
        } catch {
            // Not the client's fault: the same clientID may be sent again.
            throw DeskError.frame(FrameError(refusing: error)).problem
        }
    }

    /// A page of the log: `before` or `after`, and `limit`, in the query.
    func history(of conversation: ConversationID?, asked request: Request, by principal: Principal) async throws -> Response {
        let limit = try request.pageLimit()
        let page: HistoryPage
        if let after = try request.queryNumber("after") {
            page = try await conversations.history(conversation, after: after, limit: limit, for: principal)
        } else {
            let before = try request.queryNumber("before") ?? Int64.max
            page = try await conversations.history(conversation, before: before, limit: limit, for: principal)
        }
        return .object { writer in
            writer.member("epoch", page.epoch)
            page.write(to: &writer, for: principal.audience)
        }
    }
}

extension Response {
    static func ticket(_ token: Token) -> Response {
        .object(.created) { writer in
            writer.member("ticket", token.text.reveal())
            writer.member("expiresInMs", Tickets.lifetime.wholeMilliseconds)
        }
    }
}

extension HTTPField.Name {
    /// draft-ietf-httpapi-idempotency-key-header.
    static let idempotencyKey = HTTPField.Name("idempotency-key") ?? .ifMatch
}
