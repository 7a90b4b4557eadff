/// A migration as the history of a database remembers it.
package struct LandedMigration: Hashable, Sendable {
    /// Room and number: `desk.0001`.
    package let id: String
    /// Of its statements when it ran: `Migration.checksum`.
    package let checksum: String

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
        package let migration: Migration
    }

    /// In the order of running: by room as the program lists them, by number within a room.
    package let pending: [Step]

    /// - Throws: `MigratorError.edited`, `newer`, `gap`, `ambiguous`.
    package static func make(history: [LandedMigration], schemas: [Schema]) throws -> MigrationPlan {
        let steps = try schemas.flatMap(steps)
        try checkRooms(schemas)
        let known = Dictionary(steps.map { ($0.id, $0.migration) }, uniquingKeysWith: { first, _ in first })
        let unknown = history.map(\.id).filter { known[$0] == nil }
        guard unknown.isEmpty else { throw MigratorError.newer(migrations: unknown.sorted()) }
        if let edited = history.first(where: { known[$0.id]?.checksum != $0.checksum }) { throw MigratorError.edited(migration: edited.id) }
        let landed = Set(history.map(\.id))
        try checkOrder(schemas, landed: landed)
        return MigrationPlan(pending: steps.filter { !landed.contains($0.id) })
    }

    private static func steps(of schema: Schema) throws -> [Step] {
        for (index, migration) in schema.migrations.enumerated() where migration.number != index + 1 {
            throw MigratorError.gap(room: schema.room, after: index == 0 ? nil : index)
        }
        return schema.migrations.map { Step(id: id($0, in: schema), migration: $0) }
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
