package import Bus
package import Routing
package import Storage
package import Vocabulary

/// The keys of all workspaces.
package final class GatewayKeys: Sendable {
    /// Active ones that a workspace may have.
    package static let most = 10_000
    let database: any Database
    let clock: any WallClock
    private let house: HouseKey
    let changes: @Sendable (GatewayKey) -> Void
    private let announce: @Sendable (Bell) -> Void
    let index = KeyIndex()
    /// Keys that were active but for the house key, which is another one than theirs.
    let lostAtStart: Int

    /// Reads all active keys.
    /// - Parameter changes: told of each key that was made, changed or revoked (`revokedAt`), in the order of the commits, on the
    ///   database's writer: it must return at once.
    /// - Parameter announce: told of what this instance changed, likewise.
    package static func open(
        database: any Database, clock: any WallClock, house: HouseKey, changes: @escaping @Sendable (GatewayKey) -> Void = { _ in },
        announce: @escaping @Sendable (Bell) -> Void = { _ in }
    ) async throws -> GatewayKeys {
        let stored = try await database.read { try KeyStore.active(on: $0) }
        let keys = GatewayKeys(
            database: database, clock: clock, house: house, lostAtStart: stored.count(where: \.key.isLost), announce: announce,
            changes: changes)
        for (hash, key) in stored where !key.isLost { keys.index.add(key, hash: hash) }
        keys.index.noteUses()
        return keys
    }

    private init(
        database: any Database, clock: any WallClock, house: HouseKey, lostAtStart: Int, announce: @escaping @Sendable (Bell) -> Void,
        changes: @escaping @Sendable (GatewayKey) -> Void
    ) {
        self.database = database
        self.clock = clock
        self.house = house
        self.lostAtStart = lostAtStart
        self.announce = announce
        self.changes = changes
    }

    /// Whose key is this? For every request: memory only, a few microseconds.
    ///
    /// Nothing compares the presented text with a stored one: it is hashed with the house's key first, and the hash is looked up. What the
    /// time of that look-up tells is about a hash that nobody outside can choose or know.
    package func verify(presented: String, now: Timestamp) -> Result<GatewayKey, KeyRefusal> {
        guard !presented.isEmpty else { return .failure(.missing) }
        guard KeyText.isShaped(presented) else { return .failure(.unknown) }
        let mark = PresentedMark(presented)
        return index.use(seen: mark, at: now) ?? index.use(house.hash(of: presented), markedBy: mark, at: now)
    }

    /// Whether what runs by this key may go on. Memory only.
    package func isActive(_ id: KeyID, at now: Timestamp) -> Bool {
        index.isActive(id, at: now)
    }

    /// The active keys of all workspaces, in no order.
    package var active: [GatewayKey] { index.keys }

    /// Makes a key and gives it out, this once.
    /// - Parameter draft: the name is needed.
    /// - Throws: `GatewayError.forbidden`, `.invalid`, `.keyNameTaken`, `.tooMany`.
    package func create(_ draft: KeyChange, by author: Author) async throws -> NewKey {
        try author.require(.admin)
        guard draft.name != nil else { throw GatewayError.invalid([GatewayFault("name", "missing", "Give it a name.")]) }
        let now = clock.now()
        let text = KeyText.make()
        let key = try GatewayKey.blank(text, by: author, at: now).applying(draft, at: now)
        let hash = house.hash(of: text.text.reveal())
        try await database.write(
            { connection in
                try KeyStore.insert(key, hash: hash, on: connection)
                guard try KeyStore.activeCount(of: author.workspace, on: connection) <= Self.most else {
                    throw GatewayError.tooMany(what: "keys", limit: Self.most)
                }
                try Self.audit("key.created", from: nil, to: key, by: author, at: now, on: connection)
                try ChangeMarks.note(.keys, on: connection)
            },
            committed: { [self] in
                index.add(key, hash: hash)
                changes(key)
                announce(.keysChanged(author.workspace))
            })
        return NewKey(key: key, text: text.text)
    }

    /// One page of the workspace's keys, revoked ones too, newest first.
    /// - Parameter limit: 1–200; what is beyond is brought into it.
    /// - Throws: `GatewayError.cursorInvalid`.
    package func list(of workspace: WorkspaceID, after cursor: Cursor?, limit: Int) async throws -> Page<GatewayKey> {
        let before = try KeyID.place(of: cursor)
        let limit = limit.asPageLimit
        return try await database.read { [self] connection in
            let rows = try KeyStore.keys(of: workspace, before: before, limit: limit + 1, on: connection)
            let page = rows.prefix(limit)
            let next = rows.count > page.count ? page.last.map { Cursor([$0.id.description]) } : nil
            return Page(items: page.map(refreshed), next: next)
        }
    }

    /// - Throws: `GatewayError.keyNotFound`, also for a key of another workspace.
    package func key(_ id: KeyID, in workspace: WorkspaceID) async throws -> GatewayKey {
        let key = try await database.read { connection in try KeyStore.key(id, in: workspace, on: connection) }
        guard let key else { throw GatewayError.keyNotFound }
        return refreshed(key)
    }

    /// The key of this name that is not revoked, also one that expired or is lost.
    /// - Throws: `GatewayError.keyNotFound`.
    package func key(named name: String, in workspace: WorkspaceID) async throws -> GatewayKey {
        let key = try await database.read { connection in try KeyStore.key(named: name, in: workspace, on: connection) }
        guard let key else { throw GatewayError.keyNotFound }
        return key
    }

    /// In effect for the next request.
    /// - Throws: `GatewayError.forbidden`, `.keyNotFound`, `.keyRevoked`, `.invalid`, `.keyNameTaken`.
    package func change(_ id: KeyID, _ change: KeyChange, by author: Author) async throws -> GatewayKey {
        try await edit(id, as: "key.changed", by: author) { key, now throws(GatewayError) in try key.applying(change, at: now) }
    }

    /// Ends a key for good. Revoking it again changes nothing.
    /// - Throws: `GatewayError.forbidden`, `.keyNotFound`.
    package func revoke(_ id: KeyID, by author: Author) async throws -> GatewayKey {
        try await edit(id, as: "key.revoked", by: author) { key, now in
            var key = key
            key.revokedAt = key.revokedAt ?? now
            return key
        }
    }

    /// Writes down when keys were last used, at most once a minute for each. To be called about that often, and before the end.
    package func saveUses() async throws {
        let uses = index.takeUses()
        guard !uses.isEmpty else { return }
        try await database.write { connection in
            for (id, time) in uses { try KeyStore.used(id, at: time, on: connection) }
        }
    }

    private func edit(
        _ id: KeyID, as action: String, by author: Author,
        _ body: @escaping @Sendable (GatewayKey, Timestamp) throws(GatewayError) -> GatewayKey
    ) async throws -> GatewayKey {
        try author.require(.admin)
        let now = clock.now()
        let key = try await database.write(
            { connection in
                guard let before = try KeyStore.key(id, in: author.workspace, on: connection) else { throw GatewayError.keyNotFound }
                let key = try body(before, now)
                guard key != before else { return key }
                try KeyStore.update(key, on: connection)
                try Self.audit(action, from: before, to: key, by: author, at: now, on: connection)
                try ChangeMarks.note(.keys, on: connection)
                return key
            },
            committed: { [self] key in
                index.take(key)
                changes(key)
                announce(.keysChanged(author.workspace))
            })
        return refreshed(key)
    }

    /// With the last use that memory knows.
    private func refreshed(_ key: GatewayKey) -> GatewayKey {
        guard let used = index.key(key.id)?.lastUsedAt else { return key }
        var key = key
        key.lastUsedAt = used
        return key
    }

    private static func audit(
        _ action: String, from old: GatewayKey?, to new: GatewayKey, by author: Author, at now: Timestamp, on connection: any SQLConnection
    ) throws {
        try AuditLog.write(
            action, on: new.id.description, named: new.name,
            changes: AuditChange.between(old?.auditFields ?? [], and: new.auditFields), by: author, at: now, on: connection)
    }
}

/// A key that was just made.
package struct NewKey: Sendable {
    package let key: GatewayKey
    /// All of it: shown once, never again.
    package let text: Secret<String>
}
