package import Vocabulary

/// A migration as the history of a database remembers it.
package struct LandedMigration: Hashable, Sendable {
    /// Room and number: `desk.0001`.
    package let id: String
    /// Of its statements when it ran: `Migration.checksum`.
    package let checksum: String
    /// Covers this row and all before it; nil in rows that an older release wrote.
    package var chain: String?
    /// As it was when it ran; nil in rows that an older release wrote.
    package var kind: MigrationKind?
    /// Whether the release before it works on it, as its own release said.
    package var previousReleaseRuns = false
    package var title = ""
    package var at: Timestamp?
    /// Of the program that ran it.
    package var version = ""
    /// How many of its objects were there already, made by hand.
    package var adopted = 0

    package init(id: String, checksum: String) {
        self.id = id
        self.checksum = checksum
    }
}

/// What has to run on a database, decided from its history alone.
package struct MigrationPlan: Sendable {
    /// One migration with its name across rooms.
    package struct Step: Sendable {
        package let id: String
        package let room: String
        package let migration: Migration
    }

    /// In the order of running: by room as the program lists them, by number within a room.
    package let pending: [Step]
    /// What a newer release did to the database and promised this one to be able to live with.
    package let ahead: [String]
    /// Behind the last row of the history.
    let chain: MigrationChain
    /// Rows of the history have no sum yet: an older release wrote them.
    package let needsSealing: Bool

    /// - Throws: `MigratorError.edited`, `newer`, `gap`, `ambiguous`, `brokenChain`.
    package static func make(history: [LandedMigration], schemas: [Schema]) throws -> MigrationPlan {
        let steps = try schemas.flatMap(steps)
        try checkRooms(schemas)
        let known = Dictionary(steps.map { ($0.id, $0.migration) }, uniquingKeysWith: { first, _ in first })
        let unknown = history.filter { known[$0.id] == nil }
        guard canLive(with: unknown) else { throw MigratorError.newer(migrations: unknown.map(\.id).sorted()) }
        if let edited = history.first(where: { landed in known[landed.id].map { $0.checksum != landed.checksum } ?? false }) {
            throw MigratorError.edited(migration: edited.id)
        }
        let chain = try MigrationChain.check(history)
        let landed = Set(history.map(\.id))
        try checkOrder(schemas, landed: landed)
        let pending = steps.filter { !landed.contains($0.id) }
        // Two lines of releases: nobody has tried what comes out of both.
        guard pending.isEmpty || unknown.isEmpty else { throw MigratorError.newer(migrations: unknown.map(\.id).sorted()) }
        return MigrationPlan(
            pending: pending, ahead: unknown.map(\.id), chain: chain, needsSealing: history.contains { $0.chain == nil })
    }

    /// Additions disturb no older release. Any other promise was made to the release before: it holds for one release ahead, not for two.
    private static func canLive(with unknown: [LandedMigration]) -> Bool {
        guard unknown.allSatisfy(\.previousReleaseRuns) else { return false }
        return unknown.allSatisfy { $0.kind == .expand } || Set(unknown.map(\.version)).count == 1
    }

    private static func steps(of schema: Schema) throws -> [Step] {
        for (index, migration) in schema.migrations.enumerated() where migration.number != index + 1 {
            throw MigratorError.gap(room: schema.room, after: index == 0 ? nil : index)
        }
        return schema.migrations.map { Step(id: id($0, in: schema), room: schema.room, migration: $0) }
    }

    private static func checkRooms(_ schemas: [Schema]) throws {
        var seen: Set<String> = []
        for room in schemas.map(\.room) {
            let isName = !room.isEmpty && room.utf8.allSatisfy { (0x61...0x7A).contains($0) }
            guard isName, seen.insert(room).inserted else { throw MigratorError.ambiguous(room: room) }
        }
    }

    /// Of each room a database has the first n migrations or its history was tampered with.
    private static func checkOrder(_ schemas: [Schema], landed: Set<String>) throws {
        for schema in schemas {
            let firstMissing = schema.migrations.firstIndex { !landed.contains(id($0, in: schema)) } ?? schema.migrations.endIndex
            guard !schema.migrations[firstMissing...].contains(where: { landed.contains(id($0, in: schema)) }) else {
                throw MigratorError.gap(room: schema.room, after: firstMissing == 0 ? nil : firstMissing)
            }
        }
    }

    private static func id(_ migration: Migration, in schema: Schema) -> String {
        let digits = String(migration.number)
        return schema.room + "." + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
