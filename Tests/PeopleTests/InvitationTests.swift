import People
import Synchronization
import TestSupport
import Testing
import Vocabulary

struct InvitationTests {
    private let joining = JoiningDraft(name: "小博 👩‍🚀", password: PeopleWorld.password, language: .zh)

    @Test("a link makes one member with the promised address and role, signs in, and is used up")
    func accepted() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let sent = try await world.people.invitations.send(to: "Bo@Lantern.example", role: .agent, by: ada)
        let token = sent.token.text.reveal()
        let preview = try await world.people.invitations.look(token: token)
        #expect(preview.workspace == "Lantern" && preview.email.text == "bo@lantern.example" && preview.role == .agent)
        let joined = try await world.people.invitations.accept(token: token, joining, from: PeopleWorld.phone)
        #expect(joined.member.role == .agent && joined.member.language == .zh && joined.member.name == "小博 👩‍🚀")
        #expect(try await world.principal(joined.session.token).workspace == ada.workspace)
        #expect(await code { try await world.people.invitations.look(token: token) } == "people.invitation_unknown")
        #expect(
            await code { try await world.people.invitations.accept(token: token, joining, from: PeopleWorld.phone) }
                == "people.invitation_unknown")
        #expect(try await world.people.invitations.list(for: ada, after: nil, limit: 10).items.isEmpty)
    }

    @Test("a link lives seven days")
    func expires() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let sent = try await world.people.invitations.send(to: "bo@lantern.example", role: .agent, by: ada)
        world.clock.advance(by: .seconds(7 * 86_400 - 1))
        #expect(try await world.people.invitations.list(for: ada, after: nil, limit: 10).items == [sent.invitation])
        world.clock.advance(by: .seconds(1))
        #expect(await code { try await world.people.invitations.look(token: sent.token.text.reveal()) } == "people.invitation_unknown")
        #expect(try await world.people.invitations.list(for: ada, after: nil, limit: 10).items.isEmpty)
    }

    @Test("inviting again ends the earlier link")
    func again() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let first = try await world.people.invitations.send(to: "bo@lantern.example", role: .admin, by: ada)
        let second = try await world.people.invitations.send(to: "BO@lantern.example", role: .agent, by: ada)
        #expect(await code { try await world.people.invitations.look(token: first.token.text.reveal()) } == "people.invitation_unknown")
        #expect(try await world.people.invitations.look(token: second.token.text.reveal()).role == .agent)
    }

    @Test("a withdrawn link ends")
    func withdrawn() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let sent = try await world.people.invitations.send(to: "bo@lantern.example", role: .agent, by: ada)
        try await world.people.invitations.withdraw(sent.invitation.id, by: ada)
        #expect(await code { try await world.people.invitations.look(token: sent.token.text.reveal()) } == "people.invitation_unknown")
        #expect(await code { try await world.people.invitations.withdraw(sent.invitation.id, by: ada) } == "people.invitation_unknown")
    }

    @Test("whoever loses a role loses the links it made")
    func makerDemoted() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let bo = try await world.join("bo@lantern.example", .admin, invitedBy: ada)
        let sent = try await world.people.invitations.send(to: "friend@lantern.example", role: .admin, by: bo)
        _ = try await world.people.members.change(bo.member, MemberChange(isActive: false), by: ada)
        #expect(await code { try await world.people.invitations.look(token: sent.token.text.reveal()) } == "people.invitation_unknown")
    }

    @Test("of many who redeem one link at once, one becomes a member")
    func race() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let token = try await world.people.invitations.send(to: "bo@lantern.example", role: .agent, by: ada).token.text.reveal()
        let codes = await withTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask { await code { try await world.people.invitations.accept(token: token, joining, from: PeopleWorld.phone) } }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(codes == ["none": 1, "people.invitation_unknown": 7])
        #expect(try await world.people.members.all(of: ada.workspace).count == 2)
    }

    @Test("shops are checked when inviting and staffed when joining")
    func shops() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let shops = [ShopID.make(at: world.clock.now()), ShopID.make(at: world.clock.now())]
        #expect(
            await code { try await world.people.invitations.send(to: "bo@lantern.example", role: .agent, shops: shops, by: ada) }
                == "people.shop_unknown")
        world.staffing.known.withLock { $0 = Set(shops) }
        let sent = try await world.people.invitations.send(to: "bo@lantern.example", role: .agent, shops: shops + shops, by: ada)
        let joined = try await world.people.invitations.accept(token: sent.token.text.reveal(), joining, from: PeopleWorld.phone)
        #expect(
            world.staffing.assigned.entries
                == [ScriptedStaffing.Assignment(member: joined.member.id, workspace: ada.workspace, shops: Set(shops))])
    }

    @Test("an address that is a member here is refused when inviting; one that is a member elsewhere only when joining")
    func taken() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        _ = try await world.found("Harbour", owner: "eve@harbour.example")
        #expect(
            await code { try await world.people.invitations.send(to: "ADA@lantern.example", role: .agent, by: ada) } == "people.email_taken"
        )
        let sent = try await world.people.invitations.send(to: "eve@harbour.example", role: .agent, by: ada)
        #expect(
            await code { try await world.people.invitations.accept(token: sent.token.text.reveal(), joining, from: PeopleWorld.phone) }
                == "people.email_taken")
    }

    @Test("a bad form costs the link nothing")
    func badForm() async throws {
        let world = try await PeopleWorld()
        let ada = try await world.found()
        let token = try await world.people.invitations.send(to: "bo@lantern.example", role: .agent, by: ada).token.text.reveal()
        let bad = JoiningDraft(name: "", password: Secret("bo@lantern.example"))
        await #expect(
            throws: PeopleError.invalid([
                FieldFault(field: .name, reason: .nameLength), FieldFault(field: .password, reason: .passwordIsEmail),
            ])
        ) { try await world.people.invitations.accept(token: token, bad, from: PeopleWorld.phone) }
        _ = try await world.people.invitations.accept(token: token, joining, from: PeopleWorld.phone)
    }
}
