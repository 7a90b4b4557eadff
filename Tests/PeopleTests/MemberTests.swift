import Bus
import People
import TestSupport
import Testing
import Vocabulary

struct MemberTests {
    @Test("members are listed in the order of their joining, page by page, of one workspace")
    func list() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        _ = try await world.found("Harbour", owner: "eve@harbour.example")
        var expected = [ada.member]
        for number in 0..<4 {
            world.clock.advance(by: .seconds(1))
            expected.append(try await world.join("m\(number)@lantern.example", .agent, invitedBy: ada).member)
        }
        var found: [MemberID] = []
        var cursor: Cursor?
        repeat {
            let page = try await world.people.members.list(for: ada, after: cursor, limit: 2)
            found += page.items.map(\.id)
            cursor = page.next
        } while cursor != nil
        #expect(found == expected)
        #expect(try await world.people.members.all(of: ada.workspace).map(\.id) == expected)
    }

    @Test(
        "a changed role or a deactivation ends all sessions of the member, and rings",
        arguments: [MemberChange(role: .agent), MemberChange(isActive: false), MemberChange(role: .owner)])
    func ends(change: MemberChange) async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let bo = try await world.join("bo@lantern.example", .admin, invitedBy: ada)
        let phone = try await world.signIn("bo@lantern.example", from: PeopleWorld.phone)
        let changed = try await world.people.members.change(bo.member, change, by: ada)
        #expect(changed.role == change.role ?? .admin && changed.isActive == change.isActive ?? true)
        for session in [bo, phone] { #expect(try await !world.isSignedIn(session)) }
        #expect(try await world.isSignedIn(ada))
        #expect(Set(world.bells.entries) == [.sessionEnded(bo.session), .sessionEnded(phone.session), .memberChanged(bo.member)])
    }

    @Test("a change that changes nothing ends nothing")
    func nothing() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let bo = try await world.join("bo@lantern.example", .admin, invitedBy: ada)
        for change in [MemberChange(), MemberChange(role: .admin), MemberChange(role: .admin, isActive: true)] {
            _ = try await world.people.members.change(bo.member, change, by: ada)
        }
        #expect(try await world.isSignedIn(bo))
        #expect(world.bells.entries.isEmpty)
    }

    @Test("a deactivated member comes back with its old password")
    func reactivated() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let bo = try await world.join("bo@lantern.example", .agent, invitedBy: ada)
        _ = try await world.people.members.change(bo.member, MemberChange(isActive: false), by: ada)
        #expect(await code { try await world.signIn("bo@lantern.example") } == "people.sign_in_refused")
        _ = try await world.people.members.change(bo.member, MemberChange(isActive: true), by: ada)
        #expect(try await world.signIn("bo@lantern.example").member == bo.member)
    }

    @Test("the last owner stays, also when two owners step down at once")
    func lastOwner() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        #expect(
            await code { try await world.people.members.change(ada.member, MemberChange(role: .agent), by: ada) } == "people.last_owner")
        let bo = try await world.join("bo@lantern.example", .owner, invitedBy: ada)
        async let first = code { try await world.people.members.change(ada.member, MemberChange(role: .agent), by: ada) }
        async let second = code { try await world.people.members.change(bo.member, MemberChange(isActive: false), by: bo) }
        #expect(await Set([first, second]) == ["none", "people.last_owner"])
    }

    @Test("a role that was lowered a moment ago counts, whatever the request still believes")
    func staleRights() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let bo = try await world.join("bo@lantern.example", .admin, invitedBy: ada)
        _ = try await world.people.members.change(bo.member, MemberChange(role: .agent), by: ada)
        #expect(await code { try await world.people.members.change(bo.member, MemberChange(role: .admin), by: bo) } == "people.forbidden")
        #expect(await code { try await world.people.invitations.send(to: "x@lantern.example", role: .agent, by: bo) } == "people.forbidden")
        _ = try await world.people.members.change(bo.member, MemberChange(isActive: false), by: ada)
        #expect(await code { try await world.people.members.profile(of: bo) } == "people.signed_out")
        #expect(await code { try await world.people.members.changeProfile(of: bo, name: "Bob") } == "people.signed_out")
    }

    @Test("a member names itself, in any script, and its sockets hear of it")
    func rename() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        #expect(try await world.people.members.changeProfile(of: ada, language: .zh).name == "Ada")
        #expect(world.bells.entries.isEmpty)
        let renamed = try await world.people.members.changeProfile(of: ada, name: "  王小明 👩‍👩‍👧‍👦 ")
        #expect(renamed.name == "王小明 👩‍👩‍👧‍👦" && renamed.language == .zh)
        #expect(world.bells.entries == [.memberChanged(ada.member)])
        #expect(try await world.people.sessions.principal(ofSession: ada.session)?.name == "王小明 👩‍👩‍👧‍👦")
        #expect(await code { try await world.people.members.changeProfile(of: ada, name: "\u{202E}") } == "people.name_invalid")
    }
}
