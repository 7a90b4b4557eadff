import Bus
import Storage
package import Vocabulary

extension Members {
    /// Changes one's own password; all other sessions end.
    /// - Throws: `PeopleError.passwordWrong`, `.invalid`, `.tooManyTries`, `.busy`, `.signedOut`.
    package func changePassword(
        of principal: MemberPrincipal, current: Secret<String>, new: Secret<String>, from device: Device
    ) async throws {
        guard let account = try await database.read({ connection in try MemberStore.account(principal.member, on: connection) }),
            account.member.isActive
        else { throw PeopleError.signedOut }
        try await check(new, for: account)
        try await prove(current, for: account, from: device)
        let hash = try await passwords.hash(new)
        let ended = try await database.write { connection in
            guard try MemberStore.replaceHash(of: account.member.id, from: account.passwordHash, to: hash, on: connection) else {
                throw PeopleError.passwordWrong
            }
            return try SessionStore.endAll(of: account.member.id, except: principal.session, on: connection)
        }
        for session in ended { bus.ring(.sessionEnded(session)) }
    }

    private func check(_ new: Secret<String>, for account: Account) async throws {
        var form = FormCheck()
        _ = form.read { () throws(FieldFault) in try PasswordRules.checked(new, email: account.member.email, field: .newPassword) }
        guard form.faults.isEmpty else { throw form.error }
    }

    /// The same limits as at the door: a stolen session must not become a place to guess the password.
    private func prove(_ password: Secret<String>, for account: Account, from device: Device) async throws {
        try await gate.admit(account.member.email, from: device, at: clock.now())
        guard try await passwords.verify(password, against: account.passwordHash) != .wrong else { throw PeopleError.passwordWrong }
        try await gate.succeeded(account.member.email, from: device, at: clock.now())
    }
}
