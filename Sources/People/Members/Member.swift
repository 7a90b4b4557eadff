import Storage
package import Vocabulary

/// A person who signs in.
package struct Member: Hashable, Sendable {
    package let id: MemberID
    package let workspace: WorkspaceID
    package let email: EmailAddress
    package var name: String
    package var role: Role
    package var language: Language
    package var isActive: Bool
    package let createdAt: Timestamp
}

/// The language that the console speaks to a member.
package enum Language: String, Sendable, Codable, CaseIterable {
    case en, zh
}

extension Language: SQLConvertible {}

/// A member to be, checked.
struct NewMember: Sendable {
    let name: DisplayName
    let email: EmailAddress
    let role: Role
    let language: Language

    func joining(_ workspace: WorkspaceID, at now: Timestamp) -> Member {
        Member(
            id: .make(at: now), workspace: workspace, email: email, name: name.text, role: role, language: language, isActive: true,
            createdAt: now)
    }
}
