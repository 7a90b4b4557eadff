import HTTPTypes
import Hummingbird
import NIOCore
import TestSupport
import Testing
import Vocabulary

@testable import WebServer

@Suite("Values of a request")
struct RequestValueTests {
    @Test("ids are short, safe and taken from clients only when harmless")
    func ids() {
        let made = (0..<100).map { _ in RequestID.make() }
        #expect(Set(made).count == 100 && made.allSatisfy { $0.utf8.count == 13 && RequestID.accepted($0) == $0 })
        #expect(RequestID.accepted("a-b_c.D9") == "a-b_c.D9")
        for bad in ["", "a b", "a\nb", "é", "<x>", String(repeating: "a", count: 65)] { #expect(RequestID.accepted(bad) == nil) }
        #expect(RequestID.accepted(nil) == nil)
    }

    @Test(
        "origins are written as browsers do",
        arguments: [
            (false, "Desk.Example:8080", "http://desk.example:8080"), (false, "a:80", "http://a"), (true, "a:443", "https://a"),
            (true, "a:80", "https://a:80"),
            (true, "[::1]:8443", "https://[::1]:8443"), (true, "a/b", nil), (true, "a b", nil), (true, "", nil), (true, nil, nil),
        ] as [(Bool, String?, String?)])
    func origins(isSecure: Bool, host: String?, expected: String?) {
        #expect(WebOrigin.make(isSecure: isSecure, host: host) == expected)
    }

    @Test(
        "dates are written as HTTP does",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"), (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 GMT"),
        ] as [(Int64, String)])
    func dates(second: Int64, text: String) {
        #expect(DateStamp.text(of: second) == text)
    }

    @Test("readiness never comes back from draining")
    func readiness() {
        let readiness = Readiness()
        #expect(readiness.stage == .starting)
        readiness.become(.ready)
        readiness.become(.draining)
        readiness.become(.ready)
        #expect(readiness.stage == .draining)
    }
}

@Suite("Problems")
struct ProblemTests {
    @Test("are the JSON that the API's document promises")
    func body() {
        let problem = Problem(
            .unprocessableContent, code: "people.password_weak", detail: "Not \"1234\" </script>.",
            fields: [FieldProblem(field: "password", code: "weak", detail: "Longer.")],
            extras: ["events": .json("[1]"), "code": .text("ignored"), "left": .number(3), "name": .text("Kim")])
        let expected = """
            {"type":"about:blank","title":"Unprocessable Content","status":422,"code":"people.password_weak",\
            "detail":"Not \\"1234\\" \\u003c/script>.","errors":[{"field":"password","code":"weak","detail":"Longer."}],\
            "events":[1],"left":3,"name":"Kim"}
            """
        #expect(String(buffer: problem.body) == expected)
        #expect(problem.response.headers[.contentType] == "application/problem+json")
    }

    private struct Body: Decodable {
        struct Owner: Decodable {
            let name: String
            let age: Int
        }

        let owner: Owner
        let tags: [String]
    }

    @Test(
        "name what is wrong with a body",
        arguments: [
            ("{", 400, ""), ("", 400, ""), ("[1]", 422, ""), (#"{"tags":[]}"#, 422, "owner missing"),
            (#"{"owner":{"name":"A"},"tags":[]}"#, 422, "owner.age missing"),
            (#"{"owner":{"name":null,"age":1},"tags":[]}"#, 422, "owner.name missing"),
            (#"{"owner":{"name":"A","age":"x"},"tags":[]}"#, 422, "owner.age wrong_type"),
            (#"{"owner":{"name":"A","age":1},"tags":["a",2]}"#, 422, "tags.1 wrong_type"),
        ])
    func decoding(body: String, status: Int, field: String) async throws {
        let request = Request(
            head: HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/"), body: .init(buffer: ByteBuffer(string: body)))
        let scope = RequestScope(source: RequestSource(logger: .silent))
        let problem = await #expect(throws: Problem.self) { try await request.decode(Body.self, in: scope) }
        #expect(problem?.code == "web.bad_json" && problem?.status.code == status)
        let named = problem?.fields.first.map { "\($0.field) \($0.code)" } ?? ""
        #expect(field.isEmpty || named == field, "\(named)")
    }

    @Test("say 413 for a body over the limit, and a nest of a million arrays is only bad JSON")
    func hostileBodies() async throws {
        let scope = RequestScope(source: RequestSource(logger: .silent))
        let head = HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/")
        let nest = Request(head: head, body: .init(buffer: ByteBuffer(string: String(repeating: "[", count: 60_000))))
        let deep = await #expect(throws: Problem.self) { try await nest.decode([String].self, in: scope) }
        #expect(deep?.code == "web.bad_json")
        let large = Request(head: head, body: .init(buffer: ByteBuffer(repeating: 0x20, count: 65_537)))
        let tooLarge = await #expect(throws: Problem.self) { try await large.decode([String].self, in: scope) }
        #expect(tooLarge?.code == "web.body_too_large" && tooLarge?.status == .contentTooLarge)
    }
}
