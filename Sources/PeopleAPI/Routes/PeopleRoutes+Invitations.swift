import HTTPTypes
import Hummingbird
import People
import Vocabulary
import WebServer

private struct InvitationDraftBody: Decodable {
    let email: String
    let role: Role
    let shops: [ShopID]?
}

private struct InvitationTokenBody: Decodable {
    let token: String
}

private struct JoiningBody: Decodable {
    let token: String
    let name: String
    let password: Secret<String>
}

extension PeopleRoutes {
    func addInvitations(to router: Router<RequestScope>) {
        router.answer(.get, "/api/invitations", listInvitations)
        router.answer(.post, "/api/invitations", invite)
        router.answer(.delete, "/api/invitations/:id", withdrawInvitation)
        router.answer(.post, "/api/invitations/look", lookAtInvitation)
        router.answer(.post, "/api/invitations/accept", acceptInvitation)
    }

    private func listInvitations(_ request: Request, _ context: RequestScope) async throws -> Response {
        let principal = try context.requireMember(atLeast: .admin)
        let page = try await people.invitations.list(for: principal, after: try request.pageCursor(), limit: try request.pageLimit())
        return try .json(PageBody(page) { InvitationBody($0) })
    }

    private func invite(_ request: Request, _ context: RequestScope) async throws -> Response {
        let principal = try context.requireMember(atLeast: .admin)
        let origin = try context.requireOrigin(of: request)
        let body = try await request.decode(InvitationDraftBody.self, in: context)
        let sent = try await people.invitations.send(to: body.email, role: body.role, shops: body.shops ?? [], by: principal)
        // In the fragment, which browsers never send: the token reaches no log and no `Referer`.
        let link = "\(origin)/invite#\(sent.token.text.reveal())"
        return try .json(InvitationBody(sent.invitation, link: link), status: .created)
    }

    private func withdrawInvitation(_ request: Request, _ context: RequestScope) async throws -> Response {
        let principal = try context.requireMember(atLeast: .admin)
        try await people.invitations.withdraw(try context.id(orElse: .invitationUnknown), by: principal)
        return Response(status: .noContent)
    }

    private func lookAtInvitation(_ request: Request, _ context: RequestScope) async throws -> Response {
        let body = try await request.decode(InvitationTokenBody.self, in: context)
        return try .json(InvitationPreviewBody(try await people.invitations.look(token: body.token)))
    }

    private func acceptInvitation(_ request: Request, _ context: RequestScope) async throws -> Response {
        let body = try await request.decode(JoiningBody.self, in: context)
        let draft = JoiningDraft(name: body.name, password: body.password, language: request.language)
        let signedIn = try await people.invitations.accept(token: body.token, draft, from: request.device(in: context))
        return try .signedIn(signedIn, SessionCookie(for: request, in: context))
    }
}
