import Bus
import Storage
package import Vocabulary

extension Sessions {
    /// Opens a session for whoever knows the password.
    ///
    /// Threat: finding out which addresses are members. Every refusal is the same error after the same work.
    /// - Throws: `PeopleError.signInRefused`, `.tooManyTries`, `.busy`.
    package func signIn(email typed: String, password: Secret<String>, from device: Device) async throws -> SignedIn {
        let email = EmailAddress(typed)
        try await gate.admit(email, from: device, at: clock.now())
        let account = try await account(email)
        let verdict = try await passwords.verify(password, against: account?.passwordHash)
        guard let account, verdict != .wrong, account.member.isActive else { throw PeopleError.signInRefused }
        try await gate.succeeded(account.member.email, from: device, at: clock.now())
        let fresh = verdict == .rightButOutdated ? try await passwords.hash(password) : nil
        let (signedIn, expired) = try await open(account, rehashed: fresh, from: device)
        for session in expired { bus.ring(.sessionEnded(session)) }
        return signedIn
    }

    private func account(_ email: EmailAddress?) async throws -> Account? {
        guard let email else { return nil }
        return try await database.read { connection in try MemberStore.account(email, on: connection) }
    }

    private func open(_ account: Account, rehashed: String?, from device: Device) async throws -> (SignedIn, expired: [SessionID]) {
        let now = clock.now()
        let id = account.member.id
        return try await database.write { connection in
            // Looked at again: the password or the member may have changed while the hash was computed.
            guard let current = try MemberStore.account(id, on: connection), current.member.isActive,
                current.passwordHash == account.passwordHash,
                let workspace = try WorkspaceStore.workspace(current.member.workspace, on: connection)
            else { throw PeopleError.signInRefused }
            if let rehashed { _ = try MemberStore.replaceHash(of: id, from: account.passwordHash, to: rehashed, on: connection) }
            // A good moment to clean up: rare, and on the writer anyway.
            let expired = try SessionStore.endExpired(at: now, on: connection)
            let session = try SessionStore.open(for: id, from: device, at: now, on: connection)
            return (SignedIn(workspace: workspace, member: current.member, session: session), expired: expired)
        }
    }
}
