import Storage
import Testing
import TestSupport
import Vocabulary

@Suite("The embedded database")
struct SQLiteDatabaseTests {
    @Test("every kind of value comes back as it went in")
    func values() async throws {
        let values: [SQLValue] = [
            .null, .integer(0), .integer(.min), .integer(.max), .real(0.1), .real(-.greatestFiniteMagnitude), .text(""), .text("a\u{0}b"),
            .text(Samples.emoji), .text(Samples.hostile), .text(String(repeating: Samples.chinese, count: 100)), .blob([]),
            .blob([0, 255, 0]),
        ]
        let room = try await Lantern.open()
        try await room.database.write { connection in
            for value in values { try connection.execute("INSERT INTO anything (value) VALUES (?)", [value]) }
        }
        let found = try await room.database.read { try $0.rows("SELECT value FROM anything ORDER BY rowid", []).flatMap(\.values) }
        #expect(found == values)
    }

    @Test("a statement says how many rows it changed, also when it changes none")
    func changeCounts() async throws {
        let room = try await Lantern.open()
        let counts = try await room.database.write { connection in
            [
                try connection.execute("INSERT INTO shop (name) VALUES ('a'), ('b'), ('c')"),
                try connection.execute("CREATE TABLE extra (x INTEGER)"),
                try connection.execute("UPDATE shop SET size = 2 WHERE name = ?", "nobody"),
                try connection.execute("DELETE FROM shop WHERE id > 1"),
            ]
        }
        #expect(counts == [3, 0, 0, 3])
    }

    @Test("a rule of the schema that refuses a row is named")
    func constraints() async throws {
        let room = try await Lantern.open()
        let cases: [(String, StorageError)] = [
            ("INSERT INTO shop (name) VALUES ('Lantern')", .duplicate(constraint: "shop.name")),
            ("INSERT INTO shop (id, name) VALUES (1, 'x')", .duplicate(constraint: "shop.id")),
            ("INSERT INTO note (shop, seq, body) VALUES (1, 1, 'a'), (1, 1, 'b')", .duplicate(constraint: "note.shop, note.seq")),
            ("INSERT INTO shop (name) VALUES (NULL)", .refused(constraint: "shop.name")),
            ("INSERT INTO shop (name, size) VALUES ('x', 0)", .refused(constraint: "size > 0")),
            ("INSERT INTO note (shop, seq, body) VALUES (99, 1, 'a')", .refused(constraint: "FOREIGN KEY constraint failed")),
            ("INSERT INTO note (shop, seq, body, later) VALUES (1, 1, 'a', 99)", .refused(constraint: "FOREIGN KEY")),
        ]
        for (sql, error) in cases {
            await #expect(throws: error) { try await room.database.write { try $0.execute(sql) } }
        }
        #expect(try await room.database.read(Lantern.bodies).isEmpty)
    }

    @Test("wrong statements and wrong numbers of arguments are errors, not crashes")
    func wrongStatements() async throws {
        let room = try await Lantern.open()
        for sql in ["", "SELEKT 1", "SELECT * FROM nowhere", "SELECT 1; SELECT 2", "SELECT ?"] {
            await #expect(throws: StorageError.self, "\(sql)") { try await room.database.read { try $0.rows(sql) } }
        }
        await #expect(throws: StorageError.self) { try await room.database.read { try $0.rows("SELECT 1", 5) } }
        #expect(try await room.database.read { try $0.row("SELECT 1")?.get(0, as: Int.self) } == 1)
    }

    @Test("a read can't write")
    func readsOnly() async throws {
        let room = try await Lantern.open()
        await #expect(throws: StorageError.self) { try await room.database.read { try $0.execute("DELETE FROM shop") } }
        #expect(try await room.database.read { try $0.row("SELECT count(*) FROM shop")?.get(0, as: Int.self) } == 1)
    }

    @Test("a read sees one moment, whatever is written meanwhile")
    func snapshot() async throws {
        let room = try await Lantern.open()
        let barrier = Barrier()
        async let counts = room.database.read { connection in
            let before = try Lantern.bodies(connection).count
            barrier.hold()
            return [before, try Lantern.bodies(connection).count]
        }
        await barrier.arrival()
        _ = try await room.database.write { try Lantern.add("meanwhile", $0) }
        barrier.open()
        #expect(try await counts == [0, 0])
        #expect(try await room.database.read(Lantern.bodies) == ["meanwhile"])
    }

    @Test("a connection that left its closure refuses to work")
    func escapedConnection() async throws {
        final class Thief: @unchecked Sendable { var connection: (any SQLConnection)? }
        let room = try await Lantern.open()
        let thief = Thief()
        try await room.database.write { thief.connection = $0 }
        #expect(throws: StorageError.closed) { try thief.connection?.execute("DELETE FROM shop") }
    }
}
