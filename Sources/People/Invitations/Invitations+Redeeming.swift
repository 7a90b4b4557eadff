import Storage
package import Vocabulary

/// What somebody filled in to join.
package struct JoiningDraft: Sendable {
    package let name: String
    package let password: Secret<String>
    package let language: Language

    package init(name: String, password: Secret<String>, language: Language = .en) {
        self.name = name
        self.password = password
        self.language = language
    }

    /// - Throws: `PeopleError.invalid` with every fault of the form.
    func checked(for invitation: Invitation) throws(PeopleError) -> (member: NewMember, password: Secret<String>) {
        var form = FormCheck()
        let name = form.read { () throws(FieldFault) in try DisplayName(self.name, field: .name) }
        let password = form.read { () throws(FieldFault) in try PasswordRules.checked(self.password, email: invitation.email) }
        guard let name, let password else { throw form.error }
        return (NewMember(name: name, email: invitation.email, role: invitation.role, language: language), password)
    }
}

extension Invitations {
    /// What the holder of a link sees before it decides.
    /// - Throws: `PeopleError.invitationUnknown`.
    package func look(token: String) async throws -> InvitationPreview {
        let digest = Token.digest(of: token)
        let now = clock.now()
        return try await database.read { connection in
            guard let invitation = try InvitationStore.open(digest: digest, at: now, on: connection),
                let workspace = try WorkspaceStore.workspace(invitation.workspace, on: connection)
            else { throw PeopleError.invitationUnknown }
            return InvitationPreview(workspace: workspace.name, email: invitation.email, role: invitation.role)
        }
    }

    /// Makes the holder of a link a member and signs it in; the link ends.
    /// - Throws: `PeopleError.invitationUnknown`, `.invalid`, `.emailTaken`, `.busy`.
    package func accept(token: String, _ draft: JoiningDraft, from device: Device) async throws -> SignedIn {
        let digest = Token.digest(of: token)
        let now = clock.now()
        // Looked at before the hash is computed: a made-up token must not cost 20 ms of a core.
        guard let offered = try await database.read({ connection in try InvitationStore.open(digest: digest, at: now, on: connection) })
        else { throw PeopleError.invitationUnknown }
        let joining = try draft.checked(for: offered)
        let hash = try await passwords.hash(joining.password)
        return try await database.write { connection in
            // And again in the transaction: it may have been redeemed or withdrawn meanwhile.
            guard let invitation = try InvitationStore.open(digest: digest, at: now, on: connection),
                let workspace = try WorkspaceStore.workspace(invitation.workspace, on: connection)
            else { throw PeopleError.invitationUnknown }
            let member = joining.member.joining(workspace.id, at: now)
            try MemberStore.insert(member, passwordHash: hash, on: connection)
            try shops.assign(
                member.id, of: workspace.id, to: try InvitationStore.shops(of: invitation.id, on: connection), on: connection)
            try InvitationStore.delete(invitation.id, on: connection)
            return SignedIn(
                workspace: workspace, member: member, session: try SessionStore.open(for: member.id, from: device, at: now, on: connection))
        }
    }
}
