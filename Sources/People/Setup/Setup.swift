package import Storage
package import Vocabulary

/// How somebody shows that the server is theirs to set up.
package enum SetupProof: Sendable {
    /// The token that the server printed when it started.
    case token(String)
    /// Whoever runs commands on the machine holds the database file anyway.
    case commandLine
}

/// What else is written with the workspace, in its transaction: in other rooms, filled in Assembly.
package typealias FoundingStep<Extra> = @Sendable (any SQLConnection, WorkspaceID, MemberID) throws -> Extra

/// What set-up made.
package struct Founded<Extra: Sendable>: Sendable {
    package let workspace: Workspace
    package let owner: Member
    /// Nil unless a device was given.
    package let session: OpenedSession?
    package let extra: Extra
}

/// The first workspace of a server: made once, by whoever started it. No default password or key exists anywhere.
package struct Setup: Sendable {
    let database: any Database
    let clock: any WallClock
    let passwords: PasswordHasher

    /// Whether no one has set up this server yet.
    package var isNeeded: Bool {
        get async throws { try await database.read { connection in try SetupStore.isOpen(on: connection) } }
    }

    /// A fresh token, to be shown once; it ends the earlier one. Nil when the server is set up. Called at every start.
    package func makeToken() async throws -> Token? {
        let token = Token.make()
        return try await database.write { connection in try SetupStore.replaceToken(by: token.digest, on: connection) } ? token : nil
    }

    /// Makes workspace and owner, and whatever `also` adds, in one transaction.
    /// - Parameter device: where the owner is to be signed in at once; nil: nowhere.
    /// - Throws: `PeopleError.alreadySetUp`, `.setupTokenRefused`, `.invalid`, `.busy`; what `also` throws.
    package func perform<Extra: Sendable>(
        _ draft: FoundingDraft, proof: SetupProof, signingIn device: Device?, also: @escaping FoundingStep<Extra>
    ) async throws -> Founded<Extra> {
        try await database.read { connection in try check(proof, on: connection) }
        let founding = try draft.checked()
        let hash = try await passwords.hash(founding.password)
        let now = clock.now()
        return try await database.write { connection in
            try check(proof, on: connection)
            guard try SetupStore.complete(at: now, on: connection) else { throw PeopleError.alreadySetUp }
            let (workspace, owner) = try founding.write(passwordHash: hash, at: now, on: connection)
            return Founded(
                workspace: workspace, owner: owner,
                session: try device.map { try SessionStore.open(for: owner.id, from: $0, at: now, on: connection) },
                extra: try also(connection, workspace.id, owner.id))
        }
    }

    private func check(_ proof: SetupProof, on connection: any SQLConnection) throws {
        guard try SetupStore.isOpen(on: connection) else { throw PeopleError.alreadySetUp }
        guard case .token(let presented) = proof else { return }
        guard try SetupStore.isOpen(for: Token.digest(of: presented), on: connection) else { throw PeopleError.setupTokenRefused }
    }
}
