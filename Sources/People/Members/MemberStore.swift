import Storage
import Vocabulary

/// Members in the database.
enum MemberStore {
    fileprivate static let columns = "id, workspace_id, email, name, role, language, is_active, created_at"

    /// - Throws: `PeopleError.emailTaken`.
    static func insert(_ member: Member, passwordHash: String, on connection: any SQLConnection) throws {
        do {
            try connection.execute(
                "INSERT INTO member (\(columns), password_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", member.id, member.workspace,
                member.email,
                member.name, member.role, member.language, member.isActive, member.createdAt, passwordHash)
        } catch StorageError.duplicate(let constraint) where constraint.contains("email") {
            throw PeopleError.emailTaken
        }
    }

    static func update(_ member: Member, on connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE member SET name = ?, role = ?, language = ?, is_active = ? WHERE id = ?", member.name, member.role, member.language,
            member.isActive, member.id)
    }

    static func member(_ id: MemberID, in workspace: WorkspaceID, on connection: any SQLConnection) throws -> Member? {
        try connection.row("SELECT \(columns) FROM member WHERE id = ? AND workspace_id = ?", id, workspace).map(member(from:))
    }

    /// Who acts, as the transaction sees it: a role that was lowered since the request began counts.
    /// - Throws: `PeopleError.signedOut`, `.forbidden`.
    static func acting(_ principal: MemberPrincipal, atLeast role: Role = .agent, on connection: any SQLConnection) throws -> Member {
        guard let member = try member(principal.member, in: principal.workspace, on: connection), member.isActive else {
            throw PeopleError.signedOut
        }
        guard member.role >= role else { throw PeopleError.forbidden }
        return member
    }

    /// In the order of their joining, after the member `after`.
    static func members(of workspace: WorkspaceID, after: String, limit: Int, on connection: any SQLConnection) throws -> [Member] {
        try connection.rows("SELECT \(columns) FROM member WHERE workspace_id = ? AND id > ? ORDER BY id LIMIT ?", workspace, after, limit)
            .map(member(from:))
    }

    static func all(of workspace: WorkspaceID, on connection: any SQLConnection) throws -> [Member] {
        try connection.rows("SELECT \(columns) FROM member WHERE workspace_id = ? ORDER BY id", workspace).map(member(from:))
    }

    static func activeOwners(of workspace: WorkspaceID, on connection: any SQLConnection) throws -> Int {
        try connection.row("SELECT COUNT(*) FROM member WHERE workspace_id = ? AND role = 'owner' AND is_active = 1", workspace)?.get(0)
            ?? 0
    }

    static func isMember(_ email: EmailAddress, of workspace: WorkspaceID, on connection: any SQLConnection) throws -> Bool {
        try connection.row("SELECT 1 FROM member WHERE email = ? AND workspace_id = ?", email, workspace) != nil
    }

    static func member(from row: Row) throws -> Member {
        Member(
            id: try row.get(0), workspace: try row.get(1), email: try row.get(2), name: try row.get(3), role: try row.get(4),
            language: try row.get(5), isActive: try row.get(6), createdAt: try row.get(7))
    }
}

/// A member together with the stored hash of its password.
struct Account: Sendable {
    let member: Member
    let passwordHash: String
}

extension MemberStore {
    static func account(_ email: EmailAddress, on connection: any SQLConnection) throws -> Account? {
        try connection.row("SELECT \(columns), password_hash FROM member WHERE email = ?", email).map(account(from:))
    }

    static func account(_ id: MemberID, on connection: any SQLConnection) throws -> Account? {
        try connection.row("SELECT \(columns), password_hash FROM member WHERE id = ?", id).map(account(from:))
    }

    /// False when the stored hash is no longer `old`: somebody changed the password meanwhile.
    static func replaceHash(of id: MemberID, from old: String, to new: String, on connection: any SQLConnection) throws -> Bool {
        try connection.execute("UPDATE member SET password_hash = ? WHERE id = ? AND password_hash = ?", new, id, old) == 1
    }

    private static func account(from row: Row) throws -> Account {
        Account(member: try member(from: row), passwordHash: try row.get(8))
    }
}
