import HTTPTypes
package import Vocabulary

extension RequestScope {
    /// Who signed in, if that member's role suffices.
    ///
    /// Throws a `Problem`: 401 `people.signed_out`, 403 `people.forbidden`.
    package func requireMember(atLeast role: Role = .agent) throws(Problem) -> MemberPrincipal {
        guard let principal else {
            throw Problem(.unauthorized, code: "people.signed_out", detail: "Sign in first; the session may have ended.")
        }
        guard principal.role >= role else {
            throw Problem(
                .forbidden, code: "people.forbidden", detail: "Your role may not do this. Ask an owner or an admin of the workspace.")
        }
        return principal
    }
}
