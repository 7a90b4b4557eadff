import Storage
package import Vocabulary

/// Who changes something of the gateway, and from where.
package struct Author: Hashable, Sendable {
    package let workspace: WorkspaceID
    /// Nil for a command on the server and for its environment: both have it in their hands anyway.
    package let member: MemberID?
    /// Shown in the audit log; empty without a member.
    package let name: String
    package let role: Role
    package let origin: AuditOrigin

    /// Somebody at the console.
    package static func member(_ principal: MemberPrincipal) -> Author {
        Author(
            workspace: principal.workspace, member: principal.member, name: principal.name, role: principal.role, origin: .console)
    }

    /// Somebody at the server's command line.
    package static func command(in workspace: WorkspaceID) -> Author {
        Author(workspace: workspace, member: nil, name: "", role: .owner, origin: .command)
    }

    /// The environment that the server was started with.
    package static func environment(in workspace: WorkspaceID) -> Author {
        Author(workspace: workspace, member: nil, name: "", role: .owner, origin: .environment)
    }

    private init(workspace: WorkspaceID, member: MemberID?, name: String, role: Role, origin: AuditOrigin) {
        self.workspace = workspace
        self.member = member
        self.name = name
        self.role = role
        self.origin = origin
    }

    func require(_ least: Role) throws(GatewayError) {
        guard role >= least else { throw .forbidden }
    }
}

/// Where a change came from.
package enum AuditOrigin: String, Sendable, SQLConvertible {
    case console, command, environment
}
