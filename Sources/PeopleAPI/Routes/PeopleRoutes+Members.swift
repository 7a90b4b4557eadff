import HTTPTypes
import Hummingbird
import People
import Vocabulary
import WebServer

private struct MemberChangeBody: Decodable {
    let role: Role?
    let active: Bool?
}

extension PeopleRoutes {
    func addMembers(to router: Router<RequestScope>) {
        router.answer(.get, "/api/members", listMembers)
        router.answer(.patch, "/api/members/:id", changeMember)
    }

    private func listMembers(_ request: Request, _ context: RequestScope) async throws -> Response {
        let principal = try context.requireMember()
        let page = try await people.members.list(for: principal, after: try request.pageCursor(), limit: try request.pageLimit())
        return try .json(PageBody(page, MemberBody.init))
    }

    private func changeMember(_ request: Request, _ context: RequestScope) async throws -> Response {
        let principal = try context.requireMember(atLeast: .admin)
        let id: MemberID = try context.id(orElse: .memberUnknown)
        let body = try await request.decode(MemberChangeBody.self, in: context)
        let change = MemberChange(role: body.role, isActive: body.active)
        return try .json(MemberBody(try await people.members.change(id, change, by: principal)))
    }
}
