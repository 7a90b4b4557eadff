import Bus
import Storage
package import Vocabulary

/// The members of a workspace and what may be done with them.
package struct Members: Sendable {
    let database: any Database
    let bus: any MessageBus
    let clock: any WallClock
    let passwords: PasswordHasher
    let gate: SignInGate

    /// One page, in the order of joining; every member may see it.
    package func list(for principal: MemberPrincipal, after cursor: Cursor?, limit: Int) async throws -> Page<Member> {
        let after = try MemberID.place(of: cursor) ?? ""
        return try await database.read { connection in
            let viewer = try MemberStore.acting(principal, on: connection)
            let rows = try MemberStore.members(of: viewer.workspace, after: after, limit: limit + 1, on: connection)
            return Page(rows, limit: limit) { $0.id.description }
        }
    }

    /// All members of a workspace, active or not: what other rooms' directories are filled from.
    package func all(of workspace: WorkspaceID) async throws -> [Member] {
        try await database.read { connection in try MemberStore.all(of: workspace, on: connection) }
    }

    /// Who is signed in, and where.
    /// - Throws: `PeopleError.signedOut`.
    package func profile(of principal: MemberPrincipal) async throws -> (workspace: Workspace, member: Member) {
        try await database.read { connection in
            let member = try MemberStore.acting(principal, on: connection)
            guard let workspace = try WorkspaceStore.workspace(member.workspace, on: connection) else { throw PeopleError.signedOut }
            return (workspace, member)
        }
    }

    /// Changes how a member appears; nil stays.
    /// - Throws: `PeopleError.invalid`, `.signedOut`.
    package func changeProfile(of principal: MemberPrincipal, name: String? = nil, language: Language? = nil) async throws -> Member {
        var form = FormCheck()
        let checked = name.flatMap { typed in form.read { () throws(FieldFault) in try DisplayName(typed, field: .name) } }
        guard form.faults.isEmpty else { throw form.error }
        let member = try await database.write { connection in
            var member = try MemberStore.acting(principal, on: connection)
            member.name = checked?.text ?? member.name
            member.language = language ?? member.language
            try MemberStore.update(member, on: connection)
            return member
        }
        // Live sockets carry the name.
        if member.name != principal.name { bus.ring(.memberChanged(member.id)) }
        return member
    }

    /// Changes a member's rights. What was granted under the old ones ends: its sessions and the invitations it made.
    /// - Throws: `PeopleError.forbidden`, `.memberUnknown`, `.lastOwner`, `.signedOut`.
    package func change(_ id: MemberID, _ change: MemberChange, by principal: MemberPrincipal) async throws -> Member {
        let outcome = try await database.write { connection in try apply(change, to: id, by: principal, on: connection) }
        guard outcome.hasChanged else { return outcome.member }
        for session in outcome.ended { bus.ring(.sessionEnded(session)) }
        bus.ring(.memberChanged(id))
        return outcome.member
    }

    private struct Outcome: Sendable {
        let member: Member
        let hasChanged: Bool
        let ended: [SessionID]
    }

    private func apply(_ change: MemberChange, to id: MemberID, by principal: MemberPrincipal, on connection: any SQLConnection) throws
        -> Outcome
    {
        let actor = try MemberStore.acting(principal, atLeast: .admin, on: connection)
        guard let member = try MemberStore.member(id, in: actor.workspace, on: connection) else { throw PeopleError.memberUnknown }
        let owners = try MemberStore.activeOwners(of: actor.workspace, on: connection)
        let changed = try member.applying(change, by: actor, activeOwners: owners)
        guard changed != member else { return Outcome(member: member, hasChanged: false, ended: []) }
        try MemberStore.update(changed, on: connection)
        // Threat: somebody who is about to lose a role keeps a link to it in a drawer.
        try InvitationStore.deleteAll(madeBy: id, on: connection)
        return Outcome(member: changed, hasChanged: true, ended: try SessionStore.endAll(of: id, on: connection))
    }
}
