import Storage
package import Vocabulary

/// What somebody filled in to found a workspace.
package struct FoundingDraft: Sendable {
    package let workspace: String
    package let ownerName: String
    package let email: String
    package let password: Secret<String>
    package let language: Language

    package init(workspace: String, ownerName: String, email: String, password: Secret<String>, language: Language = .en) {
        self.workspace = workspace
        self.ownerName = ownerName
        self.email = email
        self.password = password
        self.language = language
    }

    /// - Throws: `PeopleError.invalid` with every fault of the form.
    func checked() throws(PeopleError) -> Founding {
        var form = FormCheck()
        let workspace = form.read { () throws(FieldFault) in try DisplayName(self.workspace, field: .workspace) }
        let owner = form.read { () throws(FieldFault) in try DisplayName(ownerName, field: .name) }
        let email = form.read { () throws(FieldFault) in try EmailAddress.checked(self.email) }
        let password = form.read { () throws(FieldFault) in try PasswordRules.checked(self.password, email: email) }
        guard let workspace, let owner, let email, let password else { throw form.error }
        return Founding(
            workspace: workspace, owner: NewMember(name: owner, email: email, role: .owner, language: language), password: password)
    }
}

/// A workspace and its first owner, checked and ready to be written.
struct Founding: Sendable {
    let workspace: DisplayName
    let owner: NewMember
    let password: Secret<String>

    func write(passwordHash: String, at now: Timestamp, on connection: any SQLConnection) throws -> (workspace: Workspace, owner: Member) {
        let workspace = Workspace(id: .make(at: now), name: workspace.text, createdAt: now)
        try WorkspaceStore.insert(workspace, on: connection)
        let owner = owner.joining(workspace.id, at: now)
        try MemberStore.insert(owner, passwordHash: passwordHash, on: connection)
        return (workspace, owner)
    }
}
