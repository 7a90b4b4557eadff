import Storage
package import Vocabulary

/// The invitations of a workspace.
package struct Invitations: Sendable {
    let database: any Database
    let clock: any WallClock
    let passwords: PasswordHasher
    let shops: any ShopStaffing

    /// Invites an address: at most to the inviter's own role. An earlier invitation of the same address ends.
    /// - Throws: `PeopleError.forbidden`, `.invalid`, `.emailTaken`, `.signedOut`.
    package func send(to email: String, role: Role, shops wanted: [ShopID] = [], by principal: MemberPrincipal) async throws
        -> SentInvitation
    {
        let now = clock.now()
        return try await database.write { connection in
            let actor = try MemberStore.acting(principal, atLeast: .admin, on: connection)
            guard actor.mayManage(role) else { throw PeopleError.forbidden }
            let email = try checked(email, wanted, in: actor.workspace, on: connection)
            // Only the own workspace is named taken here: which addresses others use is not an admin's to find out.
            guard try !MemberStore.isMember(email, of: actor.workspace, on: connection) else { throw PeopleError.emailTaken }
            let invitation = Invitation(
                id: .make(at: now), workspace: actor.workspace, email: email, role: role, invitedBy: actor.id, createdAt: now,
                expiresAt: now + Invitation.life)
            let token = Token.make()
            try InvitationStore.insert(invitation, shops: wanted, digest: token.digest, on: connection)
            return SentInvitation(invitation: invitation, token: token)
        }
    }

    /// One page of the open ones, newest first.
    /// - Throws: `PeopleError.forbidden`.
    package func list(for principal: MemberPrincipal, after cursor: Cursor?, limit: Int) async throws -> Page<Invitation> {
        let before = try InvitationID.place(of: cursor) ?? InvitationID.aboveAll
        let now = clock.now()
        return try await database.read { connection in
            let actor = try MemberStore.acting(principal, atLeast: .admin, on: connection)
            let rows = try InvitationStore.list(of: actor.workspace, before: before, limit: limit + 1, at: now, on: connection)
            return Page(rows, limit: limit) { $0.id.description }
        }
    }

    /// Withdraws an invitation; its link ends.
    /// - Throws: `PeopleError.forbidden`, `.invitationUnknown`.
    package func withdraw(_ id: InvitationID, by principal: MemberPrincipal) async throws {
        try await database.write { connection in
            let actor = try MemberStore.acting(principal, atLeast: .admin, on: connection)
            guard let invitation = try InvitationStore.invitation(id, in: actor.workspace, on: connection) else {
                throw PeopleError.invitationUnknown
            }
            guard actor.mayManage(invitation.role) else { throw PeopleError.forbidden }
            try InvitationStore.delete(id, on: connection)
        }
    }

    private func checked(
        _ typed: String, _ wanted: [ShopID], in workspace: WorkspaceID, on connection: any SQLConnection
    ) throws -> EmailAddress {
        var form = FormCheck()
        let email = form.read { () throws(FieldFault) in try EmailAddress.checked(typed) }
        let areKnown = try wanted.isEmpty || shops.areShops(wanted, of: workspace, on: connection)
        form.read { () throws(FieldFault) in if !areKnown { throw FieldFault(field: .shops, reason: .shopUnknown) } }
        guard let email, areKnown else { throw form.error }
        return email
    }
}
