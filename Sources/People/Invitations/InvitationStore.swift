import Storage
import Vocabulary

/// Invitations in the database. A redeemed or withdrawn one is gone: what is there can be redeemed unless it has expired.
enum InvitationStore {
    private static let columns = "id, workspace_id, email, role, invited_by, created_at, expires_at"

    /// Replaces an earlier one for the same address: its link ends.
    static func insert(_ invitation: Invitation, shops: [ShopID], digest: [UInt8], on connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM invitation WHERE workspace_id = ? AND email = ?", invitation.workspace, invitation.email)
        try connection.execute(
            "INSERT INTO invitation (\(columns), token_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", invitation.id, invitation.workspace,
            invitation.email, invitation.role, invitation.invitedBy, invitation.createdAt, invitation.expiresAt, digest)
        for shop in Set(shops) {
            try connection.execute("INSERT INTO invitation_shop (invitation_id, shop_id) VALUES (?, ?)", invitation.id, shop)
        }
    }

    static func open(digest: [UInt8], at now: Timestamp, on connection: any SQLConnection) throws -> Invitation? {
        try connection.row("SELECT \(columns) FROM invitation WHERE token_digest = ? AND expires_at > ?", digest, now).map(
            invitation(from:))
    }

    static func shops(of id: InvitationID, on connection: any SQLConnection) throws -> [ShopID] {
        try connection.rows("SELECT shop_id FROM invitation_shop WHERE invitation_id = ? ORDER BY shop_id", id).map { try $0.get(0) }
    }

    /// Open ones, newest first, before the invitation `before`.
    static func list(
        of workspace: WorkspaceID, before: String, limit: Int, at now: Timestamp, on connection: any SQLConnection
    ) throws -> [Invitation] {
        try connection.rows(
            "SELECT \(columns) FROM invitation WHERE workspace_id = ? AND id < ? AND expires_at > ? ORDER BY id DESC LIMIT ?", workspace,
            before, now,
            limit
        ).map(invitation(from:))
    }

    static func invitation(_ id: InvitationID, in workspace: WorkspaceID, on connection: any SQLConnection) throws -> Invitation? {
        try connection.row("SELECT \(columns) FROM invitation WHERE id = ? AND workspace_id = ?", id, workspace).map(invitation(from:))
    }

    /// False when it was gone already.
    @discardableResult
    static func delete(_ id: InvitationID, on connection: any SQLConnection) throws -> Bool {
        try connection.execute("DELETE FROM invitation WHERE id = ?", id) == 1
    }

    static func deleteAll(madeBy member: MemberID, on connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM invitation WHERE invited_by = ?", member)
    }

    private static func invitation(from row: Row) throws -> Invitation {
        Invitation(
            id: try row.get(0), workspace: try row.get(1), email: try row.get(2), role: try row.get(3), invitedBy: try row.get(4),
            createdAt: try row.get(5), expiresAt: try row.get(6))
    }
}
