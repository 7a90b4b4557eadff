import People
import Vocabulary

/// M of the contract.
struct MemberBody: Encodable {
    let id: MemberID
    let name: String
    let email: String
    let role: Role
    let language: Language
    let active: Bool
    let createdAt: Timestamp

    init(_ member: Member) {
        id = member.id
        name = member.name
        email = member.email.text
        role = member.role
        language = member.language
        active = member.isActive
        createdAt = member.createdAt
    }
}

struct WorkspaceBody: Encodable {
    let id: WorkspaceID
    let name: String

    init(_ workspace: Workspace) {
        id = workspace.id
        name = workspace.name
    }
}

/// What signing in, joining and `GET /api/me` answer.
struct SignedInBody: Encodable {
    let workspace: WorkspaceBody
    let member: MemberBody
    /// Only where the contract names it.
    let session: SessionID?

    init(_ workspace: Workspace, _ member: Member, session: SessionID? = nil) {
        self.workspace = WorkspaceBody(workspace)
        self.member = MemberBody(member)
        self.session = session
    }
}
