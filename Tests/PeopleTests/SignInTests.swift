import Bus
import People
import Storage
import Testing
import TestSupport
import Vocabulary

struct SignInTests {
    @Test("the right password opens a session that says who is signed in, where and as what")
    func opens() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found("灯笼 🏮")
        let again = try await world.signIn(" ADA@lantern.example ", from: PeopleWorld.phone)
        #expect(again.member == ada.member && again.workspace == ada.workspace)
        #expect(again.session != ada.session)
        #expect(again.role == .owner && again.name == "Ada")
        let profile = try await world.people.members.profile(of: again)
        #expect(profile.workspace.name == "灯笼 🏮" && profile.member.email.text == "ada@lantern.example")
    }

    @Test(
        "a stranger learns nothing: unknown, wrong, misspelt, inactive and absurd get one answer",
        arguments: [
            ("ada@lantern.example", "not the password"), ("nobody@lantern.example", "lantern light at dusk"),
            ("no address", "lantern light at dusk"),
            ("", ""), ("bo@lantern.example", "lantern light at dusk"), ("ada@lantern.example", ""), ("ada@lantern.example' OR 1=1 --", "x"),
            ("ada@lantern.example", "lantern light at dusk\u{0}"), ("客服@lantern.example", "灯笼照亮了整条小巷子呀"),
        ])
    func oneAnswer(email: String, password: String) async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let bo = try await world.join("bo@lantern.example", .agent, invitedBy: ada)
        _ = try await world.people.members.change(bo.member, MemberChange(isActive: false), by: ada)
        let found = await code { try await world.signIn(email, Secret(password)) }
        #expect(found == "people.sign_in_refused")
    }

    @Test("an unknown, a misspelt and an inactive address cost the same work as a wrong password")
    func comparableWork() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let bo = try await world.join("bo@lantern.example", .agent, invitedBy: ada)
        _ = try await world.people.members.change(bo.member, MemberChange(isActive: false), by: ada)
        for email in ["ada@lantern.example", "nobody@lantern.example", "nobody", "bo@lantern.example"] {
            for password in ["not the password", "", String(repeating: "x", count: 5_000)] {
                let before = world.passwords.runs
                _ = await code { try await world.signIn(email, Secret(password)) }
                #expect(world.passwords.runs - before == 1, "\(email)")
            }
        }
    }

    @Test("too many tries are refused even with the right password, until the time that was told has passed")
    func limited() async throws {
        let world = try await PeopleWorld(limiter: SignInLimiter(account: .init(burst: 3, interval: .seconds(60))))
        _ = try await world.people.workspaces.found(
            FoundingDraft(workspace: "Lantern", ownerName: "Ada", email: "ada@lantern.example", password: PeopleWorld.password))
        for _ in 0..<3 {
            #expect(await code { try await world.signIn("ada@lantern.example", Secret("guess")) } == "people.sign_in_refused")
        }
        await #expect(throws: PeopleError.tooManyTries(retryAfter: .seconds(60))) { try await world.signIn("ada@lantern.example") }
        world.clock.advance(by: .seconds(60))
        #expect(try await world.signIn("ada@lantern.example").role == .owner)
    }

    @Test("limits tell nothing either: an unknown address is slowed down like a known one")
    func limitedAlike() async throws {
        let world = try await PeopleWorld(limiter: SignInLimiter(account: .init(burst: 2, interval: .seconds(60))))
        let draft = FoundingDraft(workspace: "Lantern", ownerName: "Ada", email: "ada@lantern.example", password: PeopleWorld.password)
        _ = try await world.people.workspaces.found(draft)
        var answers: [String: [String]] = [:]
        for email in ["ada@lantern.example", "nobody@lantern.example"] {
            for _ in 0..<4 { answers[email, default: []].append(await code { try await world.signIn(email, Secret("guess")) }) }
        }
        #expect(answers["ada@lantern.example"] == answers["nobody@lantern.example"])
        #expect(answers["ada@lantern.example"]?.last == "people.too_many_tries")
    }

    @Test("a hash of an older cost is renewed at sign-in, and goes on working")
    func rehash() async throws {
        let world = try await PeopleWorld()
        _ = try await world.found()
        let today = PeopleRoom(
            database: world.database, bus: LocalBus(), clock: world.clock, shops: world.staffing,
            passwords: try PasswordHasher(cost: .init(passes: 2, memory: 16_384)), logger: .silent)
        func stored() async throws -> String? {
            try await world.database.read { connection in try connection.row("SELECT password_hash FROM member")?.get(0) }
        }
        #expect(try await stored()?.contains("m=8,t=1") == true)
        for _ in 0..<2 {
            _ = try await today.sessions.signIn(email: "ada@lantern.example", password: PeopleWorld.password, from: PeopleWorld.laptop)
            #expect(try await stored()?.contains("m=16,t=2") == true)
        }
    }
}
