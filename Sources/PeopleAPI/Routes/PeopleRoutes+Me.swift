import HTTPTypes
import Hummingbird
import People
import Vocabulary
import WebServer

private struct ProfileChangeBody: Decodable {
    let name: String?
    let language: Language?
}

private struct PasswordChangeBody: Decodable {
    let current: Secret<String>
    let new: Secret<String>
}

extension PeopleRoutes {
    func addMe(to router: Router<RequestScope>) {
        router.answer(.get, "/api/me", me)
        router.answer(.patch, "/api/me", changeMe)
        router.answer(.put, "/api/me/password", changePassword)
    }

    private func me(_ request: Request, _ context: RequestScope) async throws -> Response {
        let principal = try context.requireMember()
        let profile = try await people.members.profile(of: principal)
        return try .json(SignedInBody(profile.workspace, profile.member, session: principal.session))
    }

    private func changeMe(_ request: Request, _ context: RequestScope) async throws -> Response {
        let principal = try context.requireMember()
        let body = try await request.decode(ProfileChangeBody.self, in: context)
        return try .json(MemberBody(try await people.members.changeProfile(of: principal, name: body.name, language: body.language)))
    }

    private func changePassword(_ request: Request, _ context: RequestScope) async throws -> Response {
        let principal = try context.requireMember()
        let body = try await request.decode(PasswordChangeBody.self, in: context)
        try await people.members.changePassword(
            of: principal, current: body.current, new: body.new, from: request.device(in: context))
        return Response(status: .noContent)
    }
}
