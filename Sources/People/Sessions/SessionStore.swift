import Storage
import Vocabulary

/// Sessions in the database.
enum SessionStore {
    private static let columns = "id, member_id, created_at, last_seen_at, user_agent, address"

    static func open(for member: MemberID, from device: Device, at now: Timestamp, on connection: any SQLConnection) throws -> OpenedSession
    {
        let opened = OpenedSession(id: .make(at: now), token: .make())
        try connection.execute(
            "INSERT INTO session (\(columns), token_digest) VALUES (?, ?, ?, ?, ?, ?, ?)", opened.id, member, now, now, device.userAgent,
            device.address, opened.token.digest)
        return opened
    }

    /// The session with this token, and its active member.
    static func holder(token digest: [UInt8], on connection: any SQLConnection) throws -> SessionHolder? {
        try connection.row("\(SessionHolder.query) WHERE s.token_digest = ? AND m.is_active = 1", digest).map(SessionHolder.init)
    }

    static func holder(session id: SessionID, on connection: any SQLConnection) throws -> SessionHolder? {
        try connection.row("\(SessionHolder.query) WHERE s.id = ? AND m.is_active = 1", id).map(SessionHolder.init)
    }

    /// Many with one statement; its text is always the same, so that it stays prepared.
    static func holders(sessions ids: [SessionID], on connection: any SQLConnection) throws -> [SessionHolder] {
        let width = 32
        let marks = Array(repeating: "?", count: width).joined(separator: ", ")
        return try stride(from: 0, to: ids.count, by: width).flatMap { start in
            let some = ids.dropFirst(start).prefix(width).map(\.sqlValue)
            return try connection.rows(
                "\(SessionHolder.query) WHERE s.id IN (\(marks)) AND m.is_active = 1",
                some + Array(repeating: SQLValue.text(""), count: width - some.count)
            ).map(SessionHolder.init)
        }
    }

    static func seen(_ id: SessionID, at now: Timestamp, on connection: any SQLConnection) throws {
        try connection.execute("UPDATE session SET last_seen_at = ? WHERE id = ? AND last_seen_at < ?", now, id, now)
    }

    /// Newest first, before the session `before`.
    static func sessions(of member: MemberID, before: String, limit: Int, on connection: any SQLConnection) throws -> [Session] {
        try connection.rows("SELECT \(columns) FROM session WHERE member_id = ? AND id < ? ORDER BY id DESC LIMIT ?", member, before, limit)
            .map(session(from:))
    }

    /// False when the member has no such session.
    static func end(_ id: SessionID, of member: MemberID, on connection: any SQLConnection) throws -> Bool {
        try connection.execute("DELETE FROM session WHERE id = ? AND member_id = ?", id, member) == 1
    }

    /// Ends all sessions of a member and names those that ended.
    static func endAll(of member: MemberID, except kept: SessionID? = nil, on connection: any SQLConnection) throws -> [SessionID] {
        let ended = try ids(of: try connection.rows("SELECT id FROM session WHERE member_id = ?", member)).filter { $0 != kept }
        try delete(ended, on: connection)
        return ended
    }

    /// Throws away those that have run out, of anybody, and names them: their sockets may still be open.
    static func endExpired(at now: Timestamp, on connection: any SQLConnection) throws -> [SessionID] {
        let ended = try ids(
            of: try connection.rows(
                "SELECT id FROM session WHERE last_seen_at <= ? OR created_at <= ?", now - Session.idleLife, now - Session.wholeLife))
        try delete(ended, on: connection)
        return ended
    }

    private static func ids(of rows: [Row]) throws -> [SessionID] {
        try rows.map { try $0.get(0) }
    }

    private static func delete(_ ids: [SessionID], on connection: any SQLConnection) throws {
        for id in ids { try connection.execute("DELETE FROM session WHERE id = ?", id) }
    }

    private static func session(from row: Row) throws -> Session {
        Session(
            id: try row.get(0), member: try row.get(1), createdAt: try row.get(2), lastSeenAt: try row.get(3),
            device: Device(userAgent: try row.get(4), address: try row.get(5)))
    }
}

/// A session with what every request asks of its member.
struct SessionHolder: Sendable {
    static let query = """
        SELECT s.id, s.member_id, s.created_at, s.last_seen_at, s.user_agent, s.address, m.workspace_id, m.role, m.name
        FROM session s JOIN member m ON m.id = s.member_id
        """

    let session: Session
    let principal: MemberPrincipal

    init(row: Row) throws {
        session = Session(
            id: try row.get(0), member: try row.get(1), createdAt: try row.get(2), lastSeenAt: try row.get(3),
            device: Device(userAgent: try row.get(4), address: try row.get(5)))
        principal = MemberPrincipal(
            member: session.member, workspace: try row.get(6), session: session.id, role: try row.get(7), name: try row.get(8))
    }
}
