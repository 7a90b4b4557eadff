import Storage
import TestSupport

/// The tables of a small room for these tests: shops and what was said in them.
enum Lantern {
    static let schema = Schema(
        room: "lantern",
        migrations: [
            Migration(
                1, "shops and notes",
                [
                    "CREATE TABLE shop (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, size INTEGER CHECK (size > 0)) STRICT",
                    """
                    CREATE TABLE note (
                        shop INTEGER NOT NULL REFERENCES shop (id) ON DELETE CASCADE, seq INTEGER NOT NULL, body TEXT NOT NULL,
                        later INTEGER REFERENCES shop (id) DEFERRABLE INITIALLY DEFERRED,
                        UNIQUE (shop, seq)
                    ) STRICT
                    """,
                    "CREATE TABLE anything (value ANY) STRICT",
                    "INSERT INTO shop (id, name) VALUES (1, 'Lantern')",
                ])
        ])

    static func open() async throws -> TemporaryDatabase {
        try await TemporaryDatabase.open(schemas: [schema])
    }

    /// Adds a note with the next number and returns the number.
    @Sendable static func add(_ body: String, _ connection: any SQLConnection) throws -> Int {
        let next = try connection.row("SELECT coalesce(max(seq), 0) + 1 FROM note WHERE shop = 1")?.get(0, as: Int.self) ?? 1
        try connection.execute("INSERT INTO note (shop, seq, body) VALUES (1, ?, ?)", next, body)
        return next
    }

    @Sendable static func bodies(_ connection: any SQLConnection) throws -> [String] {
        try connection.rows("SELECT body FROM note ORDER BY seq").map { try $0.get(0) }
    }
}
