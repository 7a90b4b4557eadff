import HTTPTypes
import People
import TestSupport
import Testing
import Vocabulary

struct SessionRouteTests {
    private func signIn(_ browser: Browser, _ email: String = "ada@lantern.example", _ password: String = PeopleDoor.password) async throws
        -> Answer
    {
        try await browser.post("/api/sessions", #"{"email":"\#(email)","password":"\#(password)"}"#)
    }

    @Test("signing in sets a cookie that no script and no other site can use")
    func plainCookie() async throws {
        let door = try await PeopleDoor()
        _ = try await door.owner()
        let browser = door.browser()
        let answer = try await signIn(browser)
        let body = try answer.decode(SignedInAnswer.self)
        #expect(answer.status == 201 && body.workspace.name == "Lantern" && body.member.role == "owner" && body.session == nil)
        let cookie = try #require(browser.setCookie)
        #expect(cookie.hasPrefix("switchboard=") && cookie.hasSuffix("; Max-Age=7776000; Path=/; HttpOnly; SameSite=Strict"))
        #expect(browser.cookies["switchboard"]?.utf8.count == 43)
        let token = try #require(browser.cookies["switchboard"])
        #expect(answer.headers[.cacheControl] == "no-store" && !answer.text.contains(token))
    }

    @Test("under TLS the cookie is bound to the host, and the plain name counts for nothing")
    func secureCookie() async throws {
        let door = try await PeopleDoor()
        _ = try await door.owner()
        let browser = door.browser(isSecure: true)
        _ = try await signIn(browser)
        #expect(browser.setCookie?.hasPrefix("__Host-switchboard=") == true && browser.setCookie?.hasSuffix("; Secure") == true)
        #expect(try await browser.get("/api/me").status == 200)
        let token = try #require(browser.cookies["__Host-switchboard"])
        browser.cookies = ["switchboard": token]
        #expect(try await browser.get("/api/me").code == "people.signed_out")
    }

    @Test("a stranger gets one answer, byte for byte, for an unknown address and a wrong password")
    func noEnumeration() async throws {
        let door = try await PeopleDoor()
        _ = try await door.owner()
        let wrong = try await signIn(door.browser(), "ada@lantern.example", "not the password")
        let unknown = try await signIn(door.browser(), "nobody@lantern.example", "not the password")
        #expect(wrong.status == 401 && wrong.code == "people.sign_in_refused")
        #expect(wrong.text == unknown.text && wrong.status == unknown.status)
        #expect(Set(wrong.headers.map(\.name)) == Set(unknown.headers.map(\.name)) && wrong.headers[.setCookie] == nil)
    }

    @Test("too many tries are told when to come back")
    func limited() async throws {
        let door = try await PeopleDoor(limiter: SignInLimiter(account: .init(burst: 2, interval: .milliseconds(1_500))))
        _ = try await door.people.workspaces.found(
            FoundingDraft(workspace: "Lantern", ownerName: "Ada", email: "ada@lantern.example", password: Secret(PeopleDoor.password)))
        for _ in 0..<2 { #expect(try await signIn(door.browser(), "ada@lantern.example", "guess").status == 401) }
        let answer = try await signIn(door.browser())
        #expect(answer.status == 429 && answer.code == "people.too_many_tries" && answer.headers[.retryAfter] == "2")
        door.clock.advance(by: .seconds(2))
        #expect(try await signIn(door.browser()).status == 201)
    }

    @Test("the list names this browser, and ending others leaves it")
    func list() async throws {
        let door = try await PeopleDoor()
        let laptop = try await door.owner()
        let phone = try await door.signIn("ada@lantern.example")
        let sessions = try await laptop.get("/api/sessions").decode(ListAnswer<SessionAnswer>.self)
        #expect(sessions.items.count == 2 && sessions.items.filter(\.current).count == 1 && sessions.next == nil)
        #expect(sessions.items.allSatisfy { $0.userAgent == "Lynx/2.9 手机 📱" && $0.address == "192.0.2.7" })
        #expect(try await laptop.delete("/api/sessions/others").status == 204)
        #expect(try await phone.get("/api/me").code == "people.signed_out")
        #expect(try await laptop.get("/api/me").status == 200)
    }

    @Test("one session is ended by its id, only by its owner")
    func endOne() async throws {
        let door = try await PeopleDoor()
        let ada = try await door.owner()
        let bo = try await door.join("bo@lantern.example", .admin, invitedBy: ada)
        let id = try #require(try await ada.get("/api/me").decode(SignedInAnswer.self).session)
        #expect(try await bo.delete("/api/sessions/\(id)").code == "people.session_unknown")
        for nonsense in ["x", "01", "%00", "../me", String(repeating: "9", count: 26)] {
            #expect(try await bo.delete("/api/sessions/\(nonsense)").status == 404)
        }
        #expect(try await ada.get("/api/me").status == 200)
        #expect(try await ada.delete("/api/sessions/\(id)").status == 204)
        #expect(try await ada.get("/api/me").status == 401)
    }

    @Test("signing out ends the session at once and throws the cookie away")
    func signOut() async throws {
        let door = try await PeopleDoor()
        let ada = try await door.owner()
        let token = ada.cookies
        #expect(try await ada.delete("/api/sessions/current").status == 204)
        #expect(ada.cookies.isEmpty && ada.setCookie?.contains("Max-Age=0") == true)
        ada.cookies = token
        #expect(try await ada.get("/api/me").code == "people.signed_out")
        #expect(try await ada.delete("/api/sessions/current").code == "people.signed_out")
    }

    @Test("cookies that nobody gave are nobody", arguments: ["", "x", "a=b", "\"quoted\"", String(repeating: "A", count: 43)])
    func forged(value: String) async throws {
        let door = try await PeopleDoor()
        _ = try await door.owner()
        let browser = door.browser()
        browser.cookies = ["switchboard": value]
        #expect(try await browser.get("/api/me").code == "people.signed_out")
    }

    @Test("another site's page can neither sign in nor out")
    func crossSite() async throws {
        let door = try await PeopleDoor()
        let ada = try await door.owner()
        let body = #"{"email":"ada@lantern.example","password":"\#(PeopleDoor.password)"}"#
        let foreign = try await ada.send(.post, "/api/sessions", body, headers: [.origin: "https://evil.example"])
        #expect(foreign.status == 403 && foreign.code == "web.cross_origin")
        #expect(try await ada.send(.delete, "/api/sessions/current", headers: [.origin: "https://evil.example"]).status == 403)
        #expect(try await ada.send(.post, "/api/sessions", body, headers: [.contentType: "text/plain"]).code == "web.media_type")
        #expect(try await ada.get("/api/me").status == 200)
    }
}
