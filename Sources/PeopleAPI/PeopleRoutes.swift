package import Hummingbird
import HTTPTypes
package import People
package import WebServer

/// The routes of set-up, sign-in, members and invitations: they translate, the room decides.
package struct PeopleRoutes: Sendable {
    let people: PeopleRoom
    let firstShop: any FirstShopMaking

    package init(people: PeopleRoom, firstShop: any FirstShopMaking) {
        self.people = people
        self.firstShop = firstShop
    }

    /// Adds all of them. `SessionMiddleware` and the check of the request's origin stand before.
    package func add(to router: Router<RequestScope>) {
        addSetup(to: router)
        addSessions(to: router)
        addMe(to: router)
        addMembers(to: router)
        addInvitations(to: router)
    }
}

extension Router<RequestScope> {
    /// Adds a route whose room errors become problems.
    func answer(
        _ method: HTTPRequest.Method, _ path: RouterPath, _ handler: @escaping @Sendable (Request, RequestScope) async throws -> Response
    ) {
        on(path, method: method) { request, context in
            do {
                return try await handler(request, context)
            } catch let error as PeopleError {
                throw error.problem()
            }
        }
    }
}
