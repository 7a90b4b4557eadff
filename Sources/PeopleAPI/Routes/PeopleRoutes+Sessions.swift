import HTTPTypes
import Hummingbird
import People
import Vocabulary
import WebServer

private struct SignInBody: Decodable {
    let email: String
    let password: Secret<String>
}

extension PeopleRoutes {
    func addSessions(to router: Router<RequestScope>) {
        router.answer(.post, "/api/sessions", signIn)
        router.answer(.get, "/api/sessions", listSessions)
        router.answer(.delete, "/api/sessions/current", signOut)
        router.answer(.delete, "/api/sessions/others", endOtherSessions)
        router.answer(.delete, "/api/sessions/:id", endSession)
    }

    private func signIn(_ request: Request, _ context: RequestScope) async throws -> Response {
        let body = try await request.decode(SignInBody.self, in: context)
        let signedIn = try await people.sessions.signIn(email: body.email, password: body.password, from: request.device(in: context))
        return try .signedIn(signedIn, SessionCookie(for: request, in: context))
    }

    private func listSessions(_ request: Request, _ context: RequestScope) async throws -> Response {
        let principal = try context.requireMember()
        let page = try await people.sessions.list(for: principal, after: try request.pageCursor(), limit: try request.pageLimit())
        return try .json(PageBody(page) { SessionBody($0, current: principal.session) })
    }

    private func signOut(_ request: Request, _ context: RequestScope) async throws -> Response {
        let principal = try context.requireMember()
        do {
            try await people.sessions.end(principal.session, by: principal)
        } catch PeopleError.sessionUnknown {
            // Ended elsewhere a moment ago: what was asked for is so.
        }
        return Response(status: .noContent, headers: SessionCookie(for: request, in: context).ending)
    }

    private func endOtherSessions(_ request: Request, _ context: RequestScope) async throws -> Response {
        try await people.sessions.endOthers(by: try context.requireMember())
        return Response(status: .noContent)
    }

    private func endSession(_ request: Request, _ context: RequestScope) async throws -> Response {
        let principal = try context.requireMember()
        try await people.sessions.end(try context.id(orElse: .sessionUnknown), by: principal)
        return Response(status: .noContent)
    }
}

extension Response {
    /// The answer that signs a browser in.
    static func signedIn(_ signedIn: SignedIn, _ cookie: SessionCookie) throws -> Response {
        try .json(
            SignedInBody(signedIn.workspace, signedIn.member), status: .created, headers: cookie.keeping(signedIn.session.token))
    }
}
