import Bus
import People
import Storage
import Testing
import TestSupport
import Vocabulary

struct SessionTests {
    private let day = Duration.seconds(86_400)

    @Test(
        "only the token itself is a token",
        arguments: ["", "x", "~", String(repeating: "A", count: 43), String(repeating: "客", count: 20_000)])
    func unknownToken(text: String) async throws {
        let world = try await PeopleWorld()
        _ = try await world.found()
        #expect(try await world.people.sessions.principal(forToken: text) == nil)
    }

    @Test("a session ends after 30 days without use, and use keeps it")
    func idle() async throws {
        let world = try await PeopleWorld()
        _ = try await world.found()
        let token = try await world.people.sessions.signIn(
            email: "ada@lantern.example", password: PeopleWorld.password, from: PeopleWorld.laptop
        ).session.token
        for _ in 0..<2 {
            world.clock.advance(by: day * 29)
            #expect(try await world.people.sessions.principal(forToken: token.text.reveal()) != nil)
        }
        world.clock.advance(by: day * 30)
        #expect(try await world.people.sessions.principal(forToken: token.text.reveal()) == nil)
    }

    @Test("a session ends after 90 days, however much it is used")
    func absolute() async throws {
        let world = try await PeopleWorld()
        _ = try await world.found()
        let opened = try await world.people.sessions.signIn(
            email: "ada@lantern.example", password: PeopleWorld.password, from: PeopleWorld.laptop
        ).session
        for _ in 0..<8 {
            world.clock.advance(by: day * 11)
            #expect(try await world.people.sessions.principal(forToken: opened.token.text.reveal()) != nil)
        }
        world.clock.advance(by: day * 2)
        #expect(try await world.people.sessions.principal(forToken: opened.token.text.reveal()) == nil)
        #expect(try await world.people.sessions.principal(ofSession: opened.id) == nil)
    }

    @Test("the last use is written at most once in five minutes")
    func lastSeen() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let token = try await world.people.sessions.signIn(
            email: "ada@lantern.example", password: PeopleWorld.password, from: PeopleWorld.laptop
        ).session.token
        let start = world.clock.now()
        func seen() async throws -> Timestamp? {
            _ = try await world.people.sessions.principal(forToken: token.text.reveal())
            return try await world.people.sessions.list(for: ada, after: nil, limit: 10).items.map(\.lastSeenAt).max()
        }
        world.clock.advance(by: .seconds(299))
        #expect(try await seen() == start)
        world.clock.advance(by: .seconds(1))
        #expect(try await seen() == start + .seconds(300))
        world.clock.advance(by: .seconds(200))
        #expect(try await seen() == start + .seconds(300))
    }

    @Test("the list shows one's own live sessions, newest first, page by page")
    func list() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let bo = try await world.join("bo@lantern.example", .agent, invitedBy: ada)
        var made = [ada.session]
        for _ in 0..<4 {
            world.clock.advance(by: .seconds(1))
            made.append(try await world.signIn("ada@lantern.example", from: PeopleWorld.phone).session)
        }
        var found: [Session] = []
        var cursor: Cursor?
        repeat {
            let page = try await world.people.sessions.list(for: ada, after: cursor, limit: 2)
            found += page.items
            cursor = page.next
        } while cursor != nil
        #expect(found.map(\.id) == made.reversed())
        #expect(found.first?.device == PeopleWorld.phone && found.last?.device == PeopleWorld.laptop)
        #expect(try await world.people.sessions.list(for: bo, after: nil, limit: 10).items.map(\.id) == [bo.session])
    }

    @Test("a cursor that another list made is refused", arguments: [[], ["x"], ["1", "2"], ["客"], ["' OR 1=1"]])
    func cursor(keys: [String]) async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let cursor = Cursor(keys)
        #expect(await code { try await world.people.sessions.list(for: ada, after: cursor, limit: 5) } == "people.cursor_invalid")
        #expect(await code { try await world.people.members.list(for: ada, after: cursor, limit: 5) } == "people.cursor_invalid")
        #expect(await code { try await world.people.invitations.list(for: ada, after: cursor, limit: 5) } == "people.cursor_invalid")
    }

    @Test("signing out ends the session at once and rings the bell for its sockets")
    func signOut() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let other = try await world.signIn("ada@lantern.example")
        try await world.people.sessions.end(ada.session, by: ada)
        #expect(try await !world.isSignedIn(ada))
        #expect(try await world.isSignedIn(other))
        #expect(world.bells.entries == [.sessionEnded(ada.session)])
        #expect(await code { try await world.people.sessions.end(ada.session, by: ada) } == "people.session_unknown")
    }

    @Test("ending the others leaves the current one")
    func others() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let bo = try await world.join("bo@lantern.example", .admin, invitedBy: ada)
        let others = [try await world.signIn("ada@lantern.example"), try await world.signIn("ada@lantern.example")]
        try await world.people.sessions.endOthers(by: ada)
        #expect(try await world.isSignedIn(ada))
        #expect(try await world.isSignedIn(bo))
        for other in others { #expect(try await !world.isSignedIn(other)) }
        #expect(Set(world.bells.entries) == Set(others.map { Bell.sessionEnded($0.session) }))
    }

    @Test("nobody ends somebody else's session")
    func foreign() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let bo = try await world.join("bo@lantern.example", .admin, invitedBy: ada)
        #expect(await code { try await world.people.sessions.end(ada.session, by: bo) } == "people.session_unknown")
        #expect(try await world.isSignedIn(ada))
        #expect(world.bells.entries.isEmpty)
    }

    @Test("sessions that ran out are thrown away at the next sign-in, and their sockets hear of it")
    func sweep() async throws {
        let world = try await PeopleWorld()
        let old = try await world.found()
        world.clock.advance(by: day * 31)
        let ada = try await world.signIn("ada@lantern.example")
        let left = try await world.database.read { connection in
            try connection.rows("SELECT id FROM session").map { try $0.get(0, as: SessionID.self) }
        }
        #expect(left == [ada.session])
        #expect(world.bells.entries == [.sessionEnded(old.session)])
    }

    @Test("what a browser says of itself is cut to the table's width, never inside a character")
    func clipped() {
        let device = Device(
            userAgent: "Browser " + String(repeating: Samples.emoji, count: 100), address: String(repeating: "9", count: 500))
        #expect(device.userAgent.utf8.count <= 400 && device.address.utf8.count == 64)
        #expect(("Browser " + String(repeating: Samples.emoji, count: 100)).hasPrefix(device.userAgent))
        #expect(Samples.emoji.contains(device.userAgent.suffix(1)))
    }

    @Test("a password change ends the other sessions, and only the new password signs in")
    func passwordChange() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let other = try await world.signIn("ada@lantern.example")
        let new = Secret("a boat beyond the pier")
        try await world.people.members.changePassword(of: ada, current: PeopleWorld.password, new: new, from: PeopleWorld.laptop)
        #expect(try await world.isSignedIn(ada))
        #expect(try await !world.isSignedIn(other))
        #expect(world.bells.entries == [.sessionEnded(other.session)])
        #expect(await code { try await world.signIn("ada@lantern.example") } == "people.sign_in_refused")
        #expect(try await world.signIn("ada@lantern.example", new).member == ada.member)
    }

    @Test("a password change asks for the current one, and the new one for the rules")
    func passwordChangeRefused() async throws {
        let world = try await PeopleWorld(limiter: SignInLimiter(account: .init(burst: 4, interval: .seconds(60))))
        let ada = try await world.found()
        let good = Secret("a boat beyond the pier")
        func change(_ current: Secret<String>, _ new: Secret<String>) async -> String {
            await code { try await world.people.members.changePassword(of: ada, current: current, new: new, from: PeopleWorld.laptop) }
        }
        #expect(await change(PeopleWorld.password, Secret("short")) == "people.password_weak")
        #expect(await change(PeopleWorld.password, Secret("ada@lantern.example")) == "people.password_weak")
        for _ in 0..<4 { #expect(await change(Secret("wrong"), good) == "people.password_wrong") }
        #expect(await change(PeopleWorld.password, good) == "people.too_many_tries")
        #expect(try await world.isSignedIn(ada))
    }
}
