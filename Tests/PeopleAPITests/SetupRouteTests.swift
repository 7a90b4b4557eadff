import HTTPTypes
import People
import Testing
import Vocabulary

struct SetupRouteTests {
    private struct SetupAnswer: Decodable {
        struct Shop: Decodable {
            let name: String
            let workspace: String
            let origin: String
        }

        let workspace: WorkspaceAnswer
        let member: MemberAnswer
        let shop: Shop
    }

    private func form(token: String, workspace: String = "灯笼 🏮", password: String = PeopleDoor.password, shop: String = "小店 🛍️") -> String {
        """
        {"token":"\(token)","workspace":"\(workspace)","owner":{"name":"王小明","email":"Ada@Lantern.example","password":"\(password)"},
        "shop":{"name":"\(shop)","language":"zh"}}
        """
    }

    @Test("the newcomer's path: needed, form, signed in, never again")
    func path() async throws {
        let door = try await PeopleDoor()
        let browser = door.browser()
        #expect(try await browser.get("/api/setup").text == #"{"needed":true}"#)
        let token = try #require(try await door.people.setup.makeToken()).text.reveal()
        let answer = try await browser.send(.post, "/api/setup", form(token: token), headers: [.acceptLanguage: "zh-CN,zh;q=0.9"])
        #expect(answer.status == 201)
        let body = try answer.decode(SetupAnswer.self)
        #expect(body.workspace.name == "灯笼 🏮" && body.member.name == "王小明" && body.member.email == "ada@lantern.example")
        #expect(body.member.role == "owner" && body.member.language == "zh" && body.member.active)
        #expect(body.shop.name == "小店 🛍️" && body.shop.workspace == body.workspace.id && body.shop.origin == browser.origin)
        #expect(try await browser.get("/api/me").decode(SignedInAnswer.self).member == body.member)
        #expect(try await browser.get("/api/setup").text == #"{"needed":false}"#)
        let again = try await door.browser().post("/api/setup", form(token: token))
        #expect(again.status == 409 && again.code == "people.already_set_up")
    }

    @Test("a wrong token is refused", arguments: ["", "x", "' OR 1=1 --"])
    func token(text: String) async throws {
        let door = try await PeopleDoor()
        _ = try await door.people.setup.makeToken()
        let browser = door.browser()
        let answer = try await browser.post("/api/setup", form(token: text))
        #expect(answer.status == 403 && answer.code == "people.setup_token")
        #expect(browser.cookies.isEmpty)
    }

    @Test("faults are told with their place in the form")
    func faults() async throws {
        let door = try await PeopleDoor()
        let token = try #require(try await door.people.setup.makeToken()).text.reveal()
        let weak = try await door.browser().post("/api/setup", form(token: token, workspace: " ", password: "1234567890"))
        let problem = try weak.decode(ProblemAnswer.self)
        #expect(weak.status == 422 && problem.code == "people.invalid")
        #expect(problem.errors?.map(\.field) == ["workspace", "owner.password"])
        #expect(problem.errors?.map(\.code) == ["people.name_invalid", "people.password_weak"])
        let shop = try await door.browser().post("/api/setup", form(token: token, shop: ""))
        #expect(shop.status == 422 && shop.code == "desk.field_invalid")
        #expect(try await door.browser().get("/api/setup").text == #"{"needed":true}"#)
        #expect(try await door.browser().post("/api/setup", form(token: token)).status == 201)
    }
}
