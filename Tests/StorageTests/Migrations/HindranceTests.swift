import Storage
import Testing

@Suite("What the release before has not reckoned with")
struct HindranceTests {
    @Test(
        "a new column disturbs nobody, unless those who don't know it would have to fill it or are measured by it",
        arguments: [
            ("y TEXT", nil), ("y BIGINT NOT NULL DEFAULT 0", nil), ("y INTEGER NOT NULL DEFAULT 0 CHECK (y IN (0, 1))", nil),
            ("y TEXT CHECK (length(y) < 9 AND y <> '')", nil), ("COLUMN y VARCHAR(9) NOT NULL DEFAULT ''", nil), ("y TEXT UNIQUE", nil),
            ("y INTEGER GENERATED ALWAYS AS (x + 1)", nil),
            ("y TEXT NOT NULL", "column t.y has to be filled by all who write"),
            ("y INTEGER NOT NULL CHECK (y IN (0, 1))", "column t.y has to be filled by all who write"),
            ("y TEXT DEFAULT 'a' UNIQUE", "column t.y is unique, and all have its default"),
            ("y INTEGER DEFAULT 0 CHECK (y <= x)", "column t.y checks other columns"),
            ("y INTEGER DEFAULT 0 CHECK (\"x\" IS NULL)", "column t.y checks other columns"),
            ("y TEXT REFERENCES u (id)", "column t.y keeps the rows that it refers to from being deleted"),
            ("y TEXT REFERENCES u (id) ON DELETE SET NULL", nil),
        ] as [(String, String?)])
    func columns(_ definition: String, _ reason: String?) {
        let migration = Migration(1, "x", ["ALTER TABLE t ADD \(definition)"])
        #expect(migration.hindrances.map(\.reason) == (reason.map { [$0] } ?? []))
        #expect(migration.previousReleaseRuns == (reason == nil) && migration.kind == (reason == nil ? .expand : .contract))
    }

    @Test("a new table that keeps others' rows from being deleted is in the way of who deletes them")
    func references() {
        let free = "CREATE TABLE n (id INTEGER PRIMARY KEY, t TEXT, FOREIGN KEY (t) REFERENCES t (id) ON DELETE CASCADE)"
        let keeping = "CREATE TABLE n (id INTEGER PRIMARY KEY, t TEXT, FOREIGN KEY (t) REFERENCES t (id))"
        let inline = "CREATE TABLE n (id INTEGER PRIMARY KEY, t TEXT REFERENCES t (id))"
        #expect(Migration(1, "x", [free]).hindrances.isEmpty)
        #expect(Migration(1, "x", [keeping]).hindrances.map(\.reason) == ["table n keeps rows of t from being deleted"])
        #expect(Migration(1, "x", [inline]).kind == .contract)
        // Its own family is nobody else's yet.
        #expect(Migration(1, "x", ["CREATE TABLE t (id TEXT PRIMARY KEY)", keeping]).hindrances.isEmpty)
        #expect(Migration(1, "x", ["CREATE TABLE n (id INTEGER PRIMARY KEY, up INTEGER REFERENCES n (id))"]).hindrances.isEmpty)
    }

    @Test("each is named with its statement; what an author promises is taken, and still told")
    func named() {
        let migration = Migration(3, "x", ["CREATE TABLE a (x TEXT)", "UPDATE t SET x = 1", "DROP INDEX i"], previousReleaseRuns: true)
        #expect(migration.hindrances.map(\.statement) == [2, 3] && migration.hindrances.map(\.kind) == [.data, .contract])
        #expect(migration.hindrances.map(\.reason) == ["changes rows of t", "drops index i"])
        #expect(migration.previousReleaseRuns)
    }
}
