import Storage
package import Vocabulary

/// The workspaces of this server.
package struct Workspaces: Sendable {
    let database: any Database
    let clock: any WallClock
    let passwords: PasswordHasher

    /// All of the house, the oldest first.
    package func all() async throws -> [Workspace] {
        try await database.read { try WorkspaceStore.all(on: $0) }
    }

    package func workspace(_ id: WorkspaceID) async throws -> Workspace? {
        try await database.read { connection in try WorkspaceStore.workspace(id, on: connection) }
    }

    /// Founds another workspace beside those that exist: an operator's act, behind no route.
    /// - Throws: `PeopleError.invalid`, `.emailTaken`, `.busy`.
    package func found(_ draft: FoundingDraft) async throws -> (workspace: Workspace, owner: Member) {
        let founding = try draft.checked()
        let hash = try await passwords.hash(founding.password)
        let now = clock.now()
        return try await database.write { connection in try founding.write(passwordHash: hash, at: now, on: connection) }
    }
}
