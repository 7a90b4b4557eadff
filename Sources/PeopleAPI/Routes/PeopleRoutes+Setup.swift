import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import People
import Vocabulary
import WebServer

private struct SetupBody: Decodable {
    struct Owner: Decodable {
        let name: String
        let email: String
        let password: Secret<String>
    }

    let token: String
    let workspace: String
    let owner: Owner
    let shop: FirstShopWish
}

private struct SetupNeededBody: Encodable {
    let needed: Bool
}

extension PeopleRoutes {
    func addSetup(to router: Router<RequestScope>) {
        router.answer(.get, "/api/setup") { _, _ in try .json(SetupNeededBody(needed: try await people.setup.isNeeded)) }
        router.answer(.post, "/api/setup") { request, context in
            do {
                return try await setUp(request, context)
            } catch let error as PeopleError {
                throw error.problem { $0 == .workspace ? "workspace" : "owner.\($0.rawValue)" }
            }
        }
    }

    private func setUp(_ request: Request, _ context: RequestScope) async throws -> Response {
        let body = try await request.decode(SetupBody.self, in: context)
        let draft = FoundingDraft(
            workspace: body.workspace, ownerName: body.owner.name, email: body.owner.email, password: body.owner.password,
            language: request.language)
        let founded = try await people.setup.perform(
            draft, proof: .token(body.token), signingIn: request.device(in: context),
            also: try firstShop.step(making: body.shop, at: try context.requireOrigin(of: request)))
        let cookie = SessionCookie(for: request, in: context)
        return try Self.answer(founded, headers: founded.session.map { cookie.keeping($0.token) } ?? [:])
    }

    /// The shop's JSON comes from another room and goes in as it is.
    private static func answer(_ founded: Founded<[UInt8]>, headers: HTTPFields) throws -> Response {
        var bytes = ByteBuffer(bytes: try JSONEncoder().encode(SignedInBody(founded.workspace, founded.owner)).dropLast())
        bytes.writeString(",\"shop\":")
        bytes.writeBytes(founded.extra)
        bytes.writeString("}")
        var headers = headers
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        return Response(status: .created, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }
}

extension RequestScope {
    /// The address that links are made from.
    func requireOrigin(of request: Request) throws(Problem) -> String {
        guard let origin = ownOrigin(of: request) else {
            throw Problem(.badRequest, code: "web.bad_host", detail: "The request names no host that a link could be made from.")
        }
        return origin
    }
}
