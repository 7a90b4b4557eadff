import Storage
import Testing

@Suite("What a migration does to the release before it")
struct MigrationKindTests {
    @Test(
        "additions expand, changes of rows are data, what takes away or tightens contracts",
        arguments: [
            (["CREATE TABLE t (x)"], .expand), (["CREATE TABLE IF NOT EXISTS main.t (x)", "INSERT INTO t VALUES (1)"], .expand),
            (["ALTER TABLE t ADD COLUMN y TEXT"], .expand), (["CREATE INDEX i ON t (x)"], .expand),
            (["CREATE TABLE t (x)", "CREATE UNIQUE INDEX i ON t (x)"], .expand), (["CREATE VIEW v AS SELECT 1"], .expand),
            (["CREATE VIRTUAL TABLE t USING fts5(w, content='', columnsize=0, tokenize='ascii')"], .expand),
            (["UPDATE t SET x = 1"], .data), (["INSERT OR IGNORE INTO t VALUES (1)"], .data), (["DELETE FROM t"], .data),
            (["ALTER TABLE t ADD y", "UPDATE OR REPLACE t SET y = 1"], .data),
            (["CREATE UNIQUE INDEX i ON t (x)"], .contract), (["ALTER TABLE t DROP COLUMN x"], .contract),
            (["ALTER TABLE t RENAME TO u"], .contract), (["ALTER TABLE t RENAME COLUMN x TO y"], .contract),
            (["DROP TABLE IF EXISTS t"], .contract),
            (["DROP INDEX i"], .contract), (["PRAGMA user_version = 3"], .contract),
            (["CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END"], .contract),
            (["CREATE TABLE t (x)", "DROP TABLE u"], .contract),
        ] as [([String], MigrationKind)])
    func kinds(_ statements: [String], _ kind: MigrationKind) {
        let migration = Migration(1, "x", statements)
        #expect(migration.kind == kind)
        #expect(migration.previousReleaseRuns == (kind == .expand))
    }

    @Test("the author's word counts where the text does not tell")
    func promise() {
        #expect(Migration(1, "x", ["UPDATE t SET x = 1"], previousReleaseRuns: true).previousReleaseRuns)
        #expect(!Migration(1, "x", ["CREATE TABLE t (x)"], previousReleaseRuns: false).previousReleaseRuns)
    }

    @Test("a release works on what the next one added, and refuses what it changed")
    func ahead() throws {
        let room = Schema(room: "desk", migrations: [Migration(1, "shops", ["CREATE TABLE shop (x)"])])
        let first = LandedMigration(id: "desk.0001", checksum: room.migrations[0].checksum)
        var next = LandedMigration(id: "desk.0002", checksum: "x")
        (next.kind, next.previousReleaseRuns, next.version) = (.expand, true, "2")
        let plan = try MigrationPlan.make(history: [first, next], schemas: [room])
        #expect(plan.pending.isEmpty && plan.ahead == ["desk.0002"])
        var later = next
        (later.kind, later.previousReleaseRuns) = (.contract, false)
        #expect(throws: MigratorError.newer(migrations: ["desk.0002"])) {
            try MigrationPlan.make(history: [first, later], schemas: [room])
        }
        // A promise of a change of rows was made to the release before, not to the one before that.
        var third = LandedMigration(id: "desk.0003", checksum: "y")
        (third.kind, third.previousReleaseRuns, third.version) = (.data, true, "3")
        #expect(throws: MigratorError.self) { try MigrationPlan.make(history: [first, next, third], schemas: [room]) }
        next.version = "3"
        #expect(try MigrationPlan.make(history: [first, next, third], schemas: [room]).ahead == ["desk.0002", "desk.0003"])
    }
}
