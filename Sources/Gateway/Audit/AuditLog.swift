package import Storage
package import Vocabulary

/// Who changed what, written in the transaction of the change itself: no change without its line, no line without its change.
package struct AuditLog: Sendable {
    let database: any Database

    package init(database: any Database) {
        self.database = database
    }

    /// Writes a line inside a transaction of somebody else's.
    /// - Parameters:
    ///   - action: `node.changed`; at most 64 characters.
    ///   - subject: an id or the name of a setting; at most 64 characters.
    ///   - name: of the subject, for people.
    ///   - changes: never the text of a secret.
    package static func write(
        _ action: String, on subject: String, named name: String, changes: [AuditChange], by author: Author, at now: Timestamp,
        on connection: any SQLConnection
    ) throws {
        let entry = AuditEntry(
            at: now, member: author.member, memberName: author.name, origin: author.origin, action: action, subject: subject, name: name,
            changes: changes)
        try AuditStore.append(entry, in: author.workspace, on: connection)
    }

    /// One page of the workspace's log, newest first.
    /// - Parameter limit: 1–200; what is beyond is brought into it.
    /// - Throws: `GatewayError.forbidden` below admin, `.cursorInvalid`.
    package func list(for member: MemberPrincipal, after cursor: Cursor?, limit: Int) async throws -> Page<AuditEntry> {
        guard member.role >= .admin else { throw GatewayError.forbidden }
        let before = try Self.place(of: cursor)
        let limit = limit.asPageLimit
        return try await database.read { connection in
            let rows = try AuditStore.entries(of: member.workspace, before: before, limit: limit + 1, on: connection)
            let page = rows.prefix(limit)
            return Page(
                items: page.map(\.entry), next: rows.count > page.count ? page.last.map { Cursor([String($0.seq)]) } : nil)
        }
    }

    private static func place(of cursor: Cursor?) throws(GatewayError) -> Int64 {
        guard let cursor else { return .max }
        guard cursor.keys.count == 1, let key = cursor.keys.first, let seq = Int64(key) else { throw .cursorInvalid }
        return seq
    }
}
