import People
import TestSupport
import Testing
import Vocabulary

struct MemberRouteTests {
    @Test("one changes one's own name and language, and nothing else")
    func me() async throws {
        let door = try await PeopleDoor()
        let ada = try await door.owner()
        let changed = try await ada.patch("/api/me", #"{"name":" 王小明 👩‍👩‍👧‍👦 ","language":"zh","role":"agent","email":"x@y.example"}"#)
            .decode(MemberAnswer.self)
        #expect(changed.name == "王小明 👩‍👩‍👧‍👦" && changed.language == "zh" && changed.role == "owner" && changed.email == "ada@lantern.example")
        #expect(try await ada.patch("/api/me", #"{"name":"a\nb"}"#).code == "people.name_invalid")
        #expect(try await ada.patch("/api/me", #"{"language":"fr"}"#).code == "web.bad_json")
        #expect(try await ada.get("/api/me").decode(SignedInAnswer.self).member == changed)
    }

    @Test("a password change needs the current one and a good new one, and answers with the place of the fault")
    func password() async throws {
        let door = try await PeopleDoor()
        let ada = try await door.owner()
        let other = try await door.signIn("ada@lantern.example")
        let weak = try await ada.put("/api/me/password", #"{"current":"\#(PeopleDoor.password)","new":"password123"}"#)
        #expect(weak.status == 422 && weak.code == "people.password_weak")
        #expect(try weak.decode(ProblemAnswer.self).errors == [.init(field: "new", code: "people.password_weak")])
        let wrong = try await ada.put("/api/me/password", #"{"current":"x","new":"a boat beyond the pier"}"#)
        #expect(wrong.status == 403 && wrong.code == "people.password_wrong")
        #expect(try await other.get("/api/me").status == 200)
        let changed = try await ada.put("/api/me/password", #"{"current":"\#(PeopleDoor.password)","new":"a boat beyond the pier"}"#)
        #expect(changed.status == 204)
        #expect(try await ada.get("/api/me").status == 200)
        #expect(try await other.get("/api/me").status == 401)
    }

    @Test("members are listed by page, and changed by those who may")
    func members() async throws {
        let door = try await PeopleDoor()
        let ada = try await door.owner()
        door.clock.advance(by: .seconds(1))
        let bo = try await door.join("bo@lantern.example", .agent, invitedBy: ada)
        let first = try await bo.get("/api/members?limit=1").decode(ListAnswer<MemberAnswer>.self)
        #expect(first.items.map(\.email) == ["ada@lantern.example"])
        let rest = try await bo.get("/api/members?limit=1&cursor=\(try #require(first.next))")
        #expect(rest.text.hasSuffix(#""next":null}"#))
        let member = try #require(try rest.decode(ListAnswer<MemberAnswer>.self).items.first)
        #expect(member.email == "bo@lantern.example" && member.role == "agent")
        let promoted = try await ada.patch("/api/members/\(member.id)", #"{"role":"admin"}"#)
        #expect(try promoted.decode(MemberAnswer.self).role == "admin")
        #expect(try await bo.get("/api/me").code == "people.signed_out")
        let me = try await ada.get("/api/me").decode(SignedInAnswer.self).member.id
        let last = try await ada.patch("/api/members/\(me)", #"{"active":false}"#)
        #expect(last.status == 409 && last.code == "people.last_owner")
    }

    @Test(
        "paging asks for sane numbers",
        arguments: ["limit=0", "limit=201", "limit=-1", "limit=x", "limit=99999999999999999999", "cursor=%21", "cursor=客", "limit="])
    func paging(query: String) async throws {
        let door = try await PeopleDoor()
        let ada = try await door.owner()
        for list in ["members", "sessions", "invitations"] {
            #expect(try await ada.get("/api/\(list)?\(query)").code == "web.bad_query")
        }
        #expect(try await ada.get("/api/members?cursor=eHg").code == "people.cursor_invalid")
    }
}

struct InvitationRouteTests {
    @Test("a link's token stands in the fragment, is shown once, and makes a member")
    func link() async throws {
        let door = try await PeopleDoor()
        let ada = try await door.owner()
        let made = try await ada.post("/api/invitations", #"{"email":"Bo@Lantern.example","role":"agent"}"#)
        let invitation = try made.decode(InvitationAnswer.self)
        #expect(made.status == 201 && invitation.link.hasPrefix("\(ada.origin)/invite#") && invitation.email == "bo@lantern.example")
        #expect(invitation.expiresAt - invitation.createdAt == 7 * 86_400_000)
        let token = try #require(invitation.link.split(separator: "#").last)
        let list = try await ada.get("/api/invitations")
        #expect(list.text.contains(invitation.id) && !list.text.contains(token) && !list.text.contains("link"))
        let bo = door.browser()
        #expect(
            try await bo.post("/api/invitations/look", #"{"token":"\#(token)"}"#).text
                == #"{"email":"bo@lantern.example","role":"agent","workspace":"Lantern"}"#)
        let joined = try await bo.post("/api/invitations/accept", #"{"token":"\#(token)","name":"博","password":"\#(PeopleDoor.password)"}"#)
        #expect(joined.status == 201)
        #expect(try await bo.get("/api/me").decode(SignedInAnswer.self).member.name == "博")
        let again = try await bo.post("/api/invitations/look", #"{"token":"\#(token)"}"#)
        #expect(again.status == 404 && again.code == "people.invitation_unknown")
    }

    @Test("withdrawing ends the link")
    func withdraw() async throws {
        let door = try await PeopleDoor()
        let ada = try await door.owner()
        let invitation = try await ada.post("/api/invitations", #"{"email":"bo@lantern.example","role":"agent"}"#).decode(
            InvitationAnswer.self)
        #expect(try await ada.delete("/api/invitations/\(invitation.id)").status == 204)
        let gone = try await ada.delete("/api/invitations/\(invitation.id)")
        #expect(gone.status == 404 && gone.code == "people.invitation_unknown")
    }

    @Test(
        "what cannot be invited is told with a code",
        arguments: [
            (#"{"email":"bo","role":"agent"}"#, 422, "people.email_invalid"),
            (#"{"email":"ada@lantern.example","role":"agent"}"#, 409, "people.email_taken"),
            (#"{"email":"bo@lantern.example","role":"king"}"#, 422, "web.bad_json"),
            (#"{"email":"bo@lantern.example"}"#, 422, "web.bad_json"),
            (#"{"email":"bo@lantern.example","role":"agent","shops":["x"]}"#, 422, "web.bad_json"),
            (#"{"email":"bo@lantern.example","role":"agent","shops":["01JZZZZZZZZZZZZZZZZZZZZZZZ"]}"#, 422, "people.shop_unknown"),
            ("[]", 422, "web.bad_json"), ("{", 400, "web.bad_json"), ("客服", 400, "web.bad_json"),
        ])
    func refused(body: String, status: Int, code: String) async throws {
        let door = try await PeopleDoor()
        let answer = try await door.owner().post("/api/invitations", body)
        #expect(answer.status == status && answer.code == code, "\(answer.text)")
    }
}
