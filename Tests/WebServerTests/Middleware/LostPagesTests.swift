import HTTPTypes
import Hummingbird
import NIOCore
import TestSupport
import Testing

@testable import WebServer

@Suite("Lost pages")
struct LostPagesTests {
    private func answer(_ path: String, accept: String?, method: HTTPRequest.Method = .get) async throws -> (Int, String?) {
        let router = Router(context: RequestScope.self)
        router.addHouseMiddleware()
        router.add(middleware: LostPages { Response(status: .ok, headers: [.contentType: "text/html"]) })
        router.get("here") { _, _ in "here" }
        router.post("sent") { _, _ in "sent" }
        router.get("gone") { _, _ -> String in throw Problem(.notFound, code: "test.gone", detail: "Gone.") }
        var source = RequestSource(logger: .silent, isSecure: false)
        source.methods = RouteMethods(of: router)
        var head = HTTPRequest(method: method, scheme: "http", authority: "desk.example", path: path)
        head.headerFields[.accept] = accept
        let response = try await router.buildResponder().respond(
            to: Request(head: head, body: .init(buffer: ByteBuffer())), context: RequestScope(source: source))
        return (response.status.code, response.headers[.contentType])
    }

    @Test("are for who names HTML", arguments: ["text/html", "application/json, Text/HTML ;q=0.5", "text/html;level=1"])
    func browsers(accept: String) async throws {
        #expect(try await answer("/nowhere", accept: accept) == (404, "text/html"))
    }

    @Test("are not for programs", arguments: [nil, "*/*", "text/*", "application/json", "text/html;q=0", "text/html; q=0.0", "", ",;,"])
    func programs(accept: String?) async throws {
        #expect(try await answer("/nowhere", accept: accept) == (404, "application/problem+json"))
    }

    @Test("don't cover what is somewhere, or belongs to programs")
    func elsewhere() async throws {
        #expect(try await answer("/here", accept: "text/html").0 == 200)
        #expect(try await answer("/sent", accept: "text/html") == (405, "application/problem+json"))
        #expect(try await answer("/gone", accept: "text/html") == (404, "application/problem+json"))
        for path in ["/api/x", "/assets/x", "/ws", "/widget/x/y", "/v1/x", "//api/x"] {
            #expect(try await answer(path, accept: "text/html") == (404, "application/problem+json"), "\(path)")
        }
        #expect(try await answer("/nowhere", accept: "text/html", method: .delete) == (404, "application/problem+json"))
        #expect(try await answer("/apiary", accept: "text/html") == (404, "text/html"))
    }
}
