import People
import Vocabulary

struct InvitationBody: Encodable {
    let id: InvitationID
    let email: String
    let role: Role
    let createdAt: Timestamp
    let expiresAt: Timestamp
    /// Only in the answer that made it.
    let link: String?

    init(_ invitation: Invitation, link: String? = nil) {
        id = invitation.id
        email = invitation.email.text
        role = invitation.role
        createdAt = invitation.createdAt
        expiresAt = invitation.expiresAt
        self.link = link
    }
}

struct InvitationPreviewBody: Encodable {
    let workspace: String
    let email: String
    let role: Role

    init(_ preview: InvitationPreview) {
        workspace = preview.workspace
        email = preview.email.text
        role = preview.role
    }
}
