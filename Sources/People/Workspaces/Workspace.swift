package import Vocabulary

/// The tenant: owns members and, in other rooms, shops and settings.
package struct Workspace: Hashable, Sendable {
    package let id: WorkspaceID
    package let name: String
    package let createdAt: Timestamp
}
