package import Crashes
import HTTPTypes
package import Hummingbird
package import Vocabulary
package import WebServer

/// What operations show in the console (docs/operations.md): past ends of the server and why they came.
///
/// For owners and admins of the house's first workspace alone: records of the log are about everybody's requests.
package struct OperationsRoutes: Sendable {
    /// When the house was founded, and whether this workspace is its first. Filled in Assembly.
    package typealias Founding = @Sendable (WorkspaceID) async throws -> Timestamp?

    private let shelf: EndShelf
    private let founding: Founding
    private let clock: any WallClock
    private let startedAt: Timestamp

    /// - Parameters:
    ///   - store: the folder of past ends.
    ///   - founding: when the first workspace was made; nil when the one that asks is another.
    package init(store: CrashStore, founding: @escaping Founding, clock: any WallClock = SystemClock()) {
        shelf = EndShelf(store: store)
        self.founding = founding
        self.clock = clock
        startedAt = clock.now()
    }

    /// Adds all of them. The session middleware and the check of the request's origin stand before.
    package func add(to router: Router<RequestScope>) {
        router.get("api/operations/ends", use: list)
        router.get("api/operations/ends/:id", use: one)
    }

    @Sendable private func list(_ request: Request, context: RequestScope) async throws -> Response {
        let founded = try await admit(context)
        let language = Self.language(request)
        let all = shelf.all()
        let similar = Dictionary(grouping: all, by: \.kind).mapValues(\.count)
        let body = EndListBody(
            now: clock.now().milliseconds, startedAt: startedAt.milliseconds, foundedAt: founded.milliseconds,
            items: all.map { EndBody($0, similar: similar[$0.kind] ?? 1, in: language) },
            refusal: shelf.refusal.map { RefusalBody($0, in: language) })
        return try .json(body, headers: [.cacheControl: "no-store"])
    }

    @Sendable private func one(_ request: Request, context: RequestScope) async throws -> Response {
        _ = try await admit(context)
        guard let certificate = shelf.certificate(context.parameters.get("id") ?? "") else {
            throw Problem(.notFound, code: "operations.end_unknown", detail: "There is no such end any more: only the last ones are kept.")
        }
        let similar = shelf.all().count { $0.kind == certificate.kind }
        return try .json(
            EndDetailBody(certificate, similar: max(1, similar), in: Self.language(request)), headers: [.cacheControl: "no-store"])
    }

    /// - Throws: `people.signed_out`, `people.forbidden`.
    private func admit(_ context: RequestScope) async throws -> Timestamp {
        let member = try context.requireMember(atLeast: .admin)
        guard let founded = try await founding(member.workspace) else {
            throw Problem(.forbidden, code: "operations.forbidden", detail: "Only the workspace that this server belongs to sees this.")
        }
        return founded
    }

    private static func language(_ request: Request) -> CrashLanguage {
        request.uri.queryParameters["language"] == "zh" ? .chinese : .english
    }
}
