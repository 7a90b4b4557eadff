package import Vocabulary

/// What the desk needs to know of members. Filled from the room that owns them, in Assembly.
package protocol MemberDirectory: Sendable {
    /// All members of the workspace, active or not.
    func members(of workspace: WorkspaceID) async throws -> [MemberCard]
    /// The signed-in member behind a live session; nil when it ended.
    func principal(ofSession session: SessionID) async throws -> MemberPrincipal?
    /// The same for many at once; those that ended are left out.
    func principals(ofSessions sessions: [SessionID]) async throws -> [SessionID: MemberPrincipal]
}

extension MemberDirectory {
    package func principals(ofSessions sessions: [SessionID]) async throws -> [SessionID: MemberPrincipal] {
        var principals: [SessionID: MemberPrincipal] = [:]
        for session in sessions { principals[session] = try await principal(ofSession: session) }
        return principals
    }
}

/// A member as the desk shows it.
package struct MemberCard: Hashable, Sendable {
    package let id: MemberID
    package let name: String
    package let role: Role
    package let isActive: Bool

    package init(id: MemberID, name: String, role: Role, isActive: Bool) {
        self.id = id
        self.name = name
        self.role = role
        self.isActive = isActive
    }
}
