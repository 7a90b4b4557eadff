import HTTPTypes
import People
import Testing
import Vocabulary

/// Every route, by everybody, on one's own workspace and on another.
struct DoorMatrixTests {
    struct Verb: Sendable, CustomStringConvertible {
        let method: HTTPRequest.Method
        let path: String
        let body: String
        /// The least role in the own workspace; nil for what strangers may.
        let role: Role?
        var description: String { "\(method) \(path)" }
    }

    /// `{member}` and `{invitation}` are those of the workspace *Lantern*.
    private static let verbs: [Verb] = [
        Verb(method: .get, path: "/api/sessions", body: "", role: .agent),
        Verb(method: .delete, path: "/api/sessions/others", body: "", role: .agent),
        Verb(method: .get, path: "/api/me", body: "", role: .agent),
        Verb(method: .patch, path: "/api/me", body: #"{"name":"Bo"}"#, role: .agent),
        Verb(method: .put, path: "/api/me/password", body: #"{"current":"x","new":"a boat beyond the pier"}"#, role: .agent),
        Verb(method: .get, path: "/api/members", body: "", role: .agent),
        Verb(method: .patch, path: "/api/members/{member}", body: #"{"active":true}"#, role: .admin),
        Verb(method: .get, path: "/api/invitations", body: "", role: .admin),
        Verb(method: .post, path: "/api/invitations", body: #"{"email":"new@lantern.example","role":"agent"}"#, role: .admin),
        Verb(method: .delete, path: "/api/invitations/{invitation}", body: "", role: .admin),
        Verb(method: .delete, path: "/api/sessions/current", body: "", role: .agent),
        Verb(method: .get, path: "/api/setup", body: "", role: nil),
        Verb(method: .post, path: "/api/invitations/look", body: #"{"token":"x"}"#, role: nil),
    ]

    private func send(_ verb: Verb, by browser: Browser, member: String, invitation: String) async throws -> Answer {
        let path = verb.path.replacing("{member}", with: member).replacing("{invitation}", with: invitation)
        return try await browser.send(verb.method, path, verb.body)
    }

    @Test("who is not signed in is told so, before anything is read or looked up", arguments: verbs.filter { $0.role != nil })
    func strangers(verb: Verb) async throws {
        let door = try await PeopleDoor()
        _ = try await door.owner()
        for body in ["", verb.body, "{", #"{"nonsense":1}"#] {
            let path = verb.path.replacing("{member}", with: "x").replacing("{invitation}", with: "x")
            let answer = try await door.browser().send(verb.method, path, body)
            #expect(answer.status == 401 && answer.code == "people.signed_out", "\(verb) \(body)")
        }
    }

    @Test("in the own workspace the role decides", arguments: verbs)
    func roles(verb: Verb) async throws {
        let door = try await PeopleDoor()
        let ada = try await door.owner()
        let agent = try await door.join("agent@lantern.example", .agent, invitedBy: ada)
        let admin = try await door.join("admin@lantern.example", .admin, invitedBy: ada)
        let member = try await agent.get("/api/me").decode(SignedInAnswer.self).member.id
        for (role, browser) in [(Role.agent, agent), (.admin, admin), (.owner, ada)] {
            let invitation = try await ada.post("/api/invitations", #"{"email":"open@lantern.example","role":"agent"}"#)
                .decode(InvitationAnswer.self).id
            let answer = try await send(verb, by: browser, member: member, invitation: invitation)
            let isRefused = answer.status == 403 && answer.code == "people.forbidden"
            #expect(isRefused == (verb.role.map { role < $0 } ?? false), "\(role) \(verb) \(answer.text)")
        }
    }

    @Test("an owner of another workspace reaches nothing of this one")
    func foreign() async throws {
        let door = try await PeopleDoor()
        let ada = try await door.owner()
        let eve = try await door.owner("eve@harbour.example", of: "Harbour")
        let bo = try await door.join("bo@lantern.example", .agent, invitedBy: ada)
        let member = try await bo.get("/api/me").decode(SignedInAnswer.self)
        let invitation = try await ada.post("/api/invitations", #"{"email":"open@lantern.example","role":"agent"}"#).decode(
            InvitationAnswer.self
        ).id
        for body in [#"{"active":false}"#, #"{"role":"owner"}"#, "{}"] {
            #expect(try await eve.patch("/api/members/\(member.member.id)", body).code == "people.member_unknown")
        }
        #expect(try await eve.delete("/api/invitations/\(invitation)").code == "people.invitation_unknown")
        #expect(try await eve.delete("/api/sessions/\(try #require(member.session))").code == "people.session_unknown")
        for list in ["members", "invitations", "sessions"] {
            #expect(try await !eve.get("/api/\(list)").text.contains("lantern.example"))
        }
        #expect(try await bo.get("/api/me").status == 200)
    }

    @Test("bodies of any kind are answered by a code, never by 500", arguments: verbs.filter { !$0.body.isEmpty })
    func bodies(verb: Verb) async throws {
        let door = try await PeopleDoor()
        let ada = try await door.owner()
        let member = try await ada.get("/api/me").decode(SignedInAnswer.self).member.id
        let bodies = [
            "null", "[]", "0", "\"x\"", "{\"name\":1,\"token\":{},\"email\":[],\"current\":null,\"role\":7,\"active\":\"yes\"}",
            "{\"a\":1e999}",
            String(repeating: "[", count: 20_000), "{\"name\":\"\(String(repeating: "客", count: 30_000))\"}",
            "{\"token\":\"\\u0000\",\"name\":\"\\u0000\"}",
        ]
        for body in bodies {
            var sent = verb
            sent = Verb(method: verb.method, path: sent.path, body: body, role: verb.role)
            let answer = try await send(sent, by: ada, member: member, invitation: "x")
            #expect(answer.status < 500, "\(verb) \(body.prefix(60)): \(answer.text.prefix(200))")
            #expect(answer.status < 400 || answer.code != "none", "\(verb) \(body.prefix(60))")
        }
    }
}
