import Bus
import Logging
import Storage
package import Vocabulary

/// Sign-in, the sessions that it opens, and their end.
package struct Sessions: Sendable {
    let database: any Database
    let bus: any MessageBus
    let clock: any WallClock
    let passwords: PasswordHasher
    let gate: SignInGate
    let logger: Logger

    /// Who presents this token; nil when its session ended or never was. Every request asks.
    ///
    /// One row by a unique index, always from the database: a cache would let a revoked session live on in another process.
    package func principal(forToken presented: String) async throws -> MemberPrincipal? {
        guard presented.utf8.count == Self.tokenLength else { return nil }
        let digest = Token.digest(of: presented)
        let now = clock.now()
        guard let holder = try await database.read({ connection in try SessionStore.holder(token: digest, on: connection) }),
            holder.session.isLive(at: now)
        else { return nil }
        if holder.session.lastSeenAt + Session.seenInterval <= now { await saw(holder.session.id, at: now) }
        return holder.principal
    }

    /// The member behind a session that was looked up before; nil when it ended: what a live socket asks when a bell rings.
    package func principal(ofSession id: SessionID) async throws -> MemberPrincipal? {
        let now = clock.now()
        let holder = try await database.read { connection in try SessionStore.holder(session: id, on: connection) }
        return holder.flatMap { $0.session.isLive(at: now) ? $0.principal : nil }
    }

    /// The same for many at once; those that ended are left out.
    package func principals(ofSessions ids: [SessionID]) async throws -> [SessionID: MemberPrincipal] {
        let now = clock.now()
        return try await database.read { connection in
            try SessionStore.holders(sessions: ids, on: connection).filter { $0.session.isLive(at: now) }
                .reduce(into: [:]) { $0[$1.session.id] = $1.principal }
        }
    }

    /// One page of one's own sessions, newest first.
    package func list(for principal: MemberPrincipal, after cursor: Cursor?, limit: Int) async throws -> Page<Session> {
        let before = try SessionID.place(of: cursor) ?? SessionID.aboveAll
        let now = clock.now()
        let page = try await database.read { connection in
            Page(
                try SessionStore.sessions(of: principal.member, before: before, limit: limit + 1, on: connection), limit: limit,
                key: { $0.id.description })
        }
        return Page(items: page.items.filter { $0.isLive(at: now) }, next: page.next)
    }

    /// Ends one of one's own sessions; the current one is a sign-out.
    /// - Throws: `PeopleError.sessionUnknown`.
    package func end(_ id: SessionID, by principal: MemberPrincipal) async throws {
        guard try await database.write({ connection in try SessionStore.end(id, of: principal.member, on: connection) }) else {
            throw PeopleError.sessionUnknown
        }
        bus.ring(.sessionEnded(id))
    }

    /// Ends all of one's own sessions but the current one.
    package func endOthers(by principal: MemberPrincipal) async throws {
        let ended = try await database.write { connection in
            try SessionStore.endAll(of: principal.member, except: principal.session, on: connection)
        }
        for session in ended { bus.ring(.sessionEnded(session)) }
    }

    /// 256 bits in base64url.
    private static let tokenLength = 43

    /// A request must not fail because the note of it does (a full disk, for one).
    private func saw(_ id: SessionID, at now: Timestamp) async {
        do {
            try await database.write { connection in try SessionStore.seen(id, at: now, on: connection) }
        } catch {
            logger.warning("a session's last use was not noted", metadata: ["session": "\(id)", "error": "\(error)"])
        }
    }
}
