import Bus
@testable import People
import Storage
import TestSupport
import Testing
import Vocabulary

@Suite("Sign-in on several instances")
struct SharedSignInTests {
    private static let rule = SignInLimiter.Rule(burst: 3, interval: .seconds(60))

    /// The world and a second instance over the same database, each with a limiter of its own.
    private func twoInstances(isShared: Bool = true) async throws -> (PeopleWorld, [PeopleRoom]) {
        let world = try await PeopleWorld()
        _ = try await world.people.workspaces.found(
            FoundingDraft(workspace: "Lantern", ownerName: "Ada", email: "ada@lantern.example", password: PeopleWorld.password))
        let rooms = (0..<2).map { _ in
            PeopleRoom(
                database: world.database, bus: LocalBus(), clock: world.clock, shops: world.staffing, passwords: world.passwords,
                limiter: SignInLimiter(account: Self.rule), isShared: isShared, logger: .silent)
        }
        return (world, rooms)
    }

    private func attempt(_ password: String, at room: PeopleRoom, from address: String) async -> String {
        await code {
            try await room.sessions.signIn(
                email: "ada@lantern.example", password: Secret(password), from: Device(userAgent: "", address: address))
        }
    }

    @Test("tries at all instances are counted together", arguments: [true, false])
    func together(isShared: Bool) async throws {
        let (world, rooms) = try await twoInstances(isShared: isShared)
        var answers: [String] = []
        for number in 0..<6 { answers.append(await attempt("guess", at: rooms[number % 2], from: "192.0.2.\(number)")) }
        let refused = Array(repeating: "people.sign_in_refused", count: isShared ? 3 : 6)
        #expect(answers == refused + Array(repeating: "people.too_many_tries", count: 6 - refused.count))
        guard isShared else { return }
        // A refused try is not counted: waiting helps.
        world.clock.advance(by: .seconds(60))
        #expect(await attempt("lantern light at dusk", at: rooms[0], from: "192.0.2.1") == "none")
        world.clock.advance(by: .seconds(180))
        for room in rooms { #expect(await attempt("guess", at: room, from: "192.0.2.9") == "people.sign_in_refused") }
    }

    @Test("whoever knows the password is slowed down at no instance")
    func success() async throws {
        let (world, rooms) = try await twoInstances()
        // The database ends with it.
        defer { withExtendedLifetime(world) {} }
        var answers: [String] = []
        for number in 0..<12 { answers.append(await attempt("lantern light at dusk", at: rooms[number % 2], from: "192.0.2.\(number)")) }
        #expect(answers == Array(repeating: "none", count: 12))
    }

    @Test("a place that one instance knows is known at the others: a stranger's guesses lock nobody out of it")
    func knownPlace() async throws {
        let (world, rooms) = try await twoInstances()
        defer { withExtendedLifetime(world) {} }
        #expect(await attempt("lantern light at dusk", at: rooms[0], from: "192.0.2.1") == "none")
        for number in 0..<8 { _ = await attempt("guess", at: rooms[number % 2], from: "198.51.100.\(number)") }
        #expect(await attempt("lantern light at dusk", at: rooms[1], from: "198.51.100.99") == "people.too_many_tries")
        for room in rooms { #expect(await attempt("lantern light at dusk", at: room, from: "192.0.2.1") == "none") }
    }

    @Test("what is kept names nobody, and is thrown away when it has passed")
    func kept() async throws {
        let (world, rooms) = try await twoInstances()
        func count() async throws -> Int {
            try await world.database.read { try $0.row("SELECT COUNT(*) FROM sign_in_time")?.get(0) ?? -1 }
        }
        for number in 0..<5 {
            _ = await code {
                try await rooms[0].sessions.signIn(
                    email: "m\(number)@lantern.example", password: Secret("guess"),
                    from: Device(userAgent: "", address: "192.0.2.\(number)"))
            }
        }
        #expect(try await count() == 10)
        world.clock.advance(by: .seconds(3_600))
        for _ in 0..<2 { _ = await attempt("guess", at: rooms[1], from: "192.0.2.77") }
        #expect(try await count() == 2)
    }

    @Test("many sessions are looked up at once, those that ended left out")
    func principals() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        var sessions = [ada.session]
        for _ in 0..<40 { sessions.append(try await world.signIn("ada@lantern.example").session) }
        try await world.people.sessions.end(sessions[7], by: ada)
        let found = try await world.people.sessions.principals(ofSessions: sessions)
        #expect(Set(found.keys) == Set(sessions).subtracting([sessions[7]]))
        #expect(found[ada.session] == ada)
        #expect(try await world.people.sessions.principals(ofSessions: []).isEmpty)
    }
}
