import Storage
import Testing

@Suite("What a database still needs")
struct MigrationPlanTests {
    private let people = Schema(room: "people", migrations: [Migration(1, "members", ["A"]), Migration(2, "sessions", ["B", "C"])])
    private let desk = Schema(room: "desk", migrations: [Migration(1, "shops", ["D"])])

    @Test("a fresh database needs everything, by room and number")
    func fresh() throws {
        let plan = try MigrationPlan.make(history: [], schemas: [people, desk])
        #expect(plan.pending.map(\.id) == ["people.0001", "people.0002", "desk.0001"])
    }

    @Test("what has landed is not run again")
    func partial() throws {
        let plan = try MigrationPlan.make(history: [landed(people, 1), landed(desk, 1)], schemas: [people, desk])
        #expect(plan.pending.map(\.id) == ["people.0002"])
        let done = [landed(people, 1), landed(people, 2), landed(desk, 1)]
        #expect(try MigrationPlan.make(history: done, schemas: [people, desk]).pending.isEmpty)
    }

    @Test("a landed migration that reads differently now is named")
    func edited() {
        let history = [landed(people, 1), LandedMigration(id: "people.0002", checksum: "00")]
        #expect(throws: MigratorError.edited(migration: "people.0002")) { try MigrationPlan.make(history: history, schemas: [people]) }
    }

    @Test("words of a title may be mended, no letter of a statement may change, nor move to its neighbour")
    func checksum() {
        #expect(Migration(1, "a", ["B", "C"]).checksum == Migration(1, "z", ["B", "C"]).checksum)
        let others = [["B"], ["BC"], ["B", "c"], ["C", "B"], ["BC", ""], ["", "B", "C"]].map { Migration(1, "a", $0).checksum }
        #expect(Set(others + [Migration(1, "a", ["B", "C"]).checksum]).count == 7)
        #expect(others.allSatisfy { $0.count == 64 })
    }

    @Test("a database that a newer release made is refused, what it has more is named")
    func newer() {
        let history = [
            landed(people, 1), LandedMigration(id: "people.0003", checksum: "x"), LandedMigration(id: "gateway.0001", checksum: "x"),
        ]
        #expect(throws: MigratorError.newer(migrations: ["gateway.0001", "people.0003"])) {
            try MigrationPlan.make(history: history, schemas: [people])
        }
    }

    @Test("a history with a hole is refused")
    func hole() {
        #expect(throws: MigratorError.gap(room: "people", after: nil)) {
            try MigrationPlan.make(history: [landed(people, 2)], schemas: [people])
        }
        let three = Schema(room: "people", migrations: people.migrations + [Migration(3, "rights", ["E"])])
        #expect(throws: MigratorError.gap(room: "people", after: 1)) {
            try MigrationPlan.make(history: [landed(three, 1), landed(three, 3)], schemas: [three])
        }
    }

    @Test(
        "a program whose own numbers are not 1, 2, 3 is refused",
        arguments: [([2], nil), ([0, 1], nil), ([1, 3], 1), ([1, 1], 1), ([1, 2, 2], 2)])
    func numbers(given: [Int], after: Int?) {
        let schema = Schema(room: "desk", migrations: given.map { Migration($0, "x", []) })
        #expect(throws: MigratorError.gap(room: "desk", after: after)) { try MigrationPlan.make(history: [], schemas: [schema]) }
    }

    @Test("two schemas of one room, or a room without a proper name, are refused", arguments: ["people", "", "Desk", "a.b", "客服"])
    func rooms(_ room: String) {
        #expect(throws: MigratorError.ambiguous(room: room)) {
            try MigrationPlan.make(history: [], schemas: [people, Schema(room: room, migrations: [])])
        }
    }

    private func landed(_ schema: Schema, _ number: Int) -> LandedMigration {
        LandedMigration(id: "\(schema.room).000\(number)", checksum: schema.migrations[number - 1].checksum)
    }
}
