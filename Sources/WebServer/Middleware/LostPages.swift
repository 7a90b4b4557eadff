import HTTPTypes
package import Hummingbird

/// Who mistypes an address in a browser gets a page that says so, with status 404; programs get the problem that everybody else gets.
///
/// Add it after the house's middleware, before routes.
package struct LostPages: RouterMiddleware {
    package typealias Context = RequestScope

    /// What only programs ask for: a first part of a path.
    private static let programsOnly: Set<Substring> = ["api", "assets", "ws", "widget", "v1"]

    private let page: @Sendable () -> Response

    /// - Parameter page: the page as its own addresses have it; its status becomes 404.
    package init(page: @escaping @Sendable () -> Response) {
        self.page = page
    }

    package func handle(_ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response) async throws
        -> Response
    {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where ProblemAnswers.isNowhere(error, request: request, scope: context) && Self.wantsPage(request) {
            var response = page()
            response.status = .notFound
            // The same address may be a place tomorrow, and is a problem for programs today.
            response.headers[.cacheControl] = "no-store"
            return response
        }
    }

    static func wantsPage(_ request: Request) -> Bool {
        guard request.method == .get, let first = request.uri.path.split(separator: "/").first else { return false }
        return !programsOnly.contains(first) && acceptsPages(request.headers[values: .accept])
    }

    /// RFC 9110 section 12.5.1: only who names HTML, and does not rule it out.
    private static func acceptsPages(_ accept: [String]) -> Bool {
        accept.flatMap { $0.lowercased().split(separator: ",") }.contains { range in
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard parts.first == "text/html" else { return false }
            return !parts.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0 }
        }
    }
}
