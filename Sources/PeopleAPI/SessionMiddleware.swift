package import Hummingbird
import Logging
package import People
import Vocabulary
package import WebServer

/// Says who is signed in: fills `context.principal` from the session cookie. It refuses nobody; routes ask for what they need.
package struct SessionMiddleware: RouterMiddleware {
    package typealias Context = RequestScope

    private let people: PeopleRoom

    package init(people: PeopleRoom) {
        self.people = people
    }

    package func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        // Pages and assets are the same for everybody: they cost no look-up.
        guard request.uri.path.hasPrefix("/api/"), let token = SessionCookie(for: request, in: context).token(in: request) else {
            return try await next(request, context)
        }
        var context = context
        context.principal = try await people.sessions.principal(forToken: token)
        if let principal = context.principal { context.logger[metadataKey: "member"] = "\(principal.member)" }
        return try await next(request, context)
    }
}
