package import Vocabulary
package import WebServer

/// Who may look at the live view: asked of the room that owns sessions. Filled in Assembly.
package struct LiveAdmission: Sendable {
    /// Who is signed in by the cookie of this request; nil for nobody.
    package let principal: @Sendable (SocketRequest) async throws -> MemberPrincipal?
    /// Who is signed in by this session now; nil once it ended.
    package let current: @Sendable (SessionID) async throws -> MemberPrincipal?

    package init(
        principal: @escaping @Sendable (SocketRequest) async throws -> MemberPrincipal?,
        current: @escaping @Sendable (SessionID) async throws -> MemberPrincipal?
    ) {
        self.principal = principal
        self.current = current
    }
}
