import People
import Testing
import Vocabulary

/// Every verb of the room, by every role, on one's own workspace and on another.
struct AuthorisationMatrixTests {
    enum Verb: String, CaseIterable, Sendable {
        case changeAgent, changeAdmin, changeOwner, promoteToOwner, inviteAgent, inviteAdmin, inviteOwner, listInvitations, withdrawAgent,
            withdrawOwner
        case listMembers, profile
    }

    /// Who may, in the own workspace.
    private static let allowed: [Verb: Set<Role>] = [
        .changeAgent: [.owner, .admin], .changeAdmin: [.owner, .admin], .changeOwner: [.owner], .promoteToOwner: [.owner],
        .inviteAgent: [.owner, .admin], .inviteAdmin: [.owner, .admin], .inviteOwner: [.owner], .listInvitations: [.owner, .admin],
        .withdrawAgent: [.owner, .admin], .withdrawOwner: [.owner], .listMembers: [.owner, .admin, .agent],
        .profile: [.owner, .admin, .agent],
    ]

    /// A workspace with one of each role to act, one of each to be acted upon, and two open invitations.
    struct Place {
        let actors: [Role: MemberPrincipal]
        let targets: [Role: MemberID]
        let invitations: [Role: InvitationID]

        init(_ world: PeopleWorld, _ name: String) async throws {
            let owner = try await world.found(name, owner: "owner@\(name).example")
            var actors = [Role.owner: owner]
            var targets: [Role: MemberID] = [:]
            var invitations: [Role: InvitationID] = [:]
            for role in Role.allCases {
                if role != .owner { actors[role] = try await world.join("\(role)@\(name).example", role, invitedBy: owner) }
                targets[role] = try await world.join("target.\(role)@\(name).example", role, invitedBy: owner).member
                invitations[role] = try await world.people.invitations.send(to: "open.\(role)@\(name).example", role: role, by: owner)
                    .invitation.id
            }
            self.actors = actors
            self.targets = targets
            self.invitations = invitations
        }

        func target(_ role: Role) throws -> MemberID {
            try #require(targets[role])
        }

        func invitation(_ role: Role) throws -> InvitationID {
            try #require(invitations[role])
        }
    }

    private func perform(_ verb: Verb, by actor: MemberPrincipal, on place: Place, _ people: PeopleRoom) async throws {
        switch verb {
        case .changeAgent: _ = try await people.members.change(try place.target(.agent), MemberChange(isActive: false), by: actor)
        case .changeAdmin: _ = try await people.members.change(try place.target(.admin), MemberChange(role: .agent), by: actor)
        case .changeOwner: _ = try await people.members.change(try place.target(.owner), MemberChange(isActive: false), by: actor)
        case .promoteToOwner: _ = try await people.members.change(try place.target(.agent), MemberChange(role: .owner), by: actor)
        case .inviteAgent: _ = try await people.invitations.send(to: "new@place.example", role: .agent, by: actor)
        case .inviteAdmin: _ = try await people.invitations.send(to: "new@place.example", role: .admin, by: actor)
        case .inviteOwner: _ = try await people.invitations.send(to: "new@place.example", role: .owner, by: actor)
        case .listInvitations: _ = try await people.invitations.list(for: actor, after: nil, limit: 10)
        case .withdrawAgent: try await people.invitations.withdraw(try place.invitation(.agent), by: actor)
        case .withdrawOwner: try await people.invitations.withdraw(try place.invitation(.owner), by: actor)
        case .listMembers: _ = try await people.members.list(for: actor, after: nil, limit: 10)
        case .profile: _ = try await people.members.profile(of: actor)
        }
    }

    @Test("in the own workspace the role decides", arguments: Verb.allCases)
    func own(verb: Verb) async throws {
        for role in Role.allCases {
            let world = try await PeopleWorld()
            let place = try await Place(world, "lantern")
            let actor = try #require(place.actors[role])
            let found = await code { try await perform(verb, by: actor, on: place, world.people) }
            let expected = try #require(Self.allowed[verb]).contains(role) ? "none" : "people.forbidden"
            #expect(found == expected, "\(role) \(verb)")
        }
    }

    @Test("another workspace's members and invitations do not exist, not even for an owner")
    func foreign() async throws {
        let world = try await PeopleWorld()
        let (lantern, harbour) = (try await Place(world, "lantern"), try await Place(world, "harbour"))
        for role in Role.allCases {
            let actor = try #require(harbour.actors[role])
            let unknown = role == .agent ? ["people.forbidden"] : ["people.member_unknown", "people.invitation_unknown"]
            for verb in [Verb.changeAgent, .changeAdmin, .changeOwner, .promoteToOwner, .withdrawAgent, .withdrawOwner] {
                let found = await code { try await perform(verb, by: actor, on: lantern, world.people) }
                #expect(unknown.contains(found), "\(role) \(verb): \(found)")
            }
            let seen = try await world.people.members.list(for: actor, after: nil, limit: 200).items
            #expect(Set(seen.map(\.workspace)) == [actor.workspace] && seen.count == 6)
        }
        let owner = try #require(harbour.actors[.owner])
        let open = try await world.people.invitations.list(for: owner, after: nil, limit: 200).items
        #expect(Set(open.map(\.workspace)) == [owner.workspace] && open.count == 3)
        #expect(try await world.people.members.all(of: try #require(lantern.actors[.owner]).workspace).allSatisfy(\.isActive))
    }

    @Test("a principal forged for another workspace gets nowhere", arguments: Verb.allCases)
    func forged(verb: Verb) async throws {
        let world = try await PeopleWorld()
        let (lantern, harbour) = (try await Place(world, "lantern"), try await Place(world, "harbour"))
        let (ada, eve) = (try #require(lantern.actors[.owner]), try #require(harbour.actors[.owner]))
        let forged = MemberPrincipal(member: eve.member, workspace: ada.workspace, session: eve.session, role: .owner, name: "Eve")
        #expect(await code { try await perform(verb, by: forged, on: lantern, world.people) } == "people.signed_out")
    }
}
