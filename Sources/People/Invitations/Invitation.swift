package import Vocabulary

/// A promise of membership for one address, redeemed once by whoever holds its link.
package enum InvitationSubject {}
package typealias InvitationID = Identifier<InvitationSubject>

/// An open invitation; its token is only a digest here.
package struct Invitation: Hashable, Sendable {
    package let id: InvitationID
    package let workspace: WorkspaceID
    package let email: EmailAddress
    package let role: Role
    package let invitedBy: MemberID
    package let createdAt: Timestamp
    package let expiresAt: Timestamp

    /// 7 days.
    package static let life = Duration.seconds(7 * 86_400)
}

/// A new invitation and the only copy of its token.
package struct SentInvitation: Sendable {
    package let invitation: Invitation
    package let token: Token
}

/// What the holder of a link sees before it decides.
package struct InvitationPreview: Hashable, Sendable {
    package let workspace: String
    package let email: EmailAddress
    package let role: Role
}
