#if MySQL
    import Storage
    import Testing
    import TestSupport
    import Vocabulary

    @Suite("Statements, on every engine")
    struct StatementContractTests {
        @Test("every kind of value comes back as it went in", arguments: Engine.allCases)
        func values(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let values: [(String, SQLValue)] = [
                ("number", .null), ("number", .integer(0)), ("number", .integer(.min)), ("number", .integer(.max)), ("part", .real(0.1)),
                ("part", .real(-.greatestFiniteMagnitude)), ("words", .text("")), ("words", .text("a\u{0}b")),
                ("words", .text(Samples.emoji)),
                ("words", .text(Samples.hostile)), ("words", .text(String(repeating: Samples.chinese, count: 100))),
                ("words", .text(String(repeating: "long 👩‍👩‍👧‍👦 ", count: 20_000))), ("words", .text("back\\slash '\"`; -- /* ? ")),
                ("bytes", .blob([])),
                ("bytes", .blob([0, 255, 0])),
            ]
            try await room.database.write { connection in
                for (place, (column, value)) in values.enumerated() {
                    try connection.execute("INSERT INTO anything (place, \(column)) VALUES (?, ?)", [.integer(Int64(place)), value])
                }
            }
            for (place, (column, value)) in values.enumerated() {
                let row = try await room.database.read { try $0.row("SELECT \(column) FROM anything WHERE place = ?", place) }
                #expect(row?.values == [value], "\(column) \(place)")
            }
        }

        @Test("typed values come back, and one of another kind is an error", arguments: Engine.allCases)
        func typedValues(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let id = ShopID.make(at: Timestamp(milliseconds: 7))
            let row = try await room.database.read {
                try $0.row("SELECT ?, ?, ?, ?, ?, ?", id, true, Timestamp(milliseconds: 9), Role.admin, nil as String?, 2.5)
            }
            let found = try #require(row)
            #expect(try found.get(0, as: ShopID.self) == id)
            #expect(try found.get(1, as: Bool.self))
            #expect(try found.get(2, as: Timestamp.self) == Timestamp(milliseconds: 9))
            #expect(try found.get(3, as: Role.self) == .admin)
            #expect(try found.get(4, as: String?.self) == nil)
            #expect(try found.get(5, as: Double.self) == 2.5)
            #expect(throws: StorageError.unexpectedValue(column: 0, wanted: "Int")) { try found.get(0, as: Int.self) }
            #expect(throws: StorageError.unexpectedValue(column: 6, wanted: "Int")) { try found.get(6, as: Int.self) }
            #expect(throws: StorageError.unexpectedValue(column: -1, wanted: "Int")) { try found.get(-1, as: Int.self) }
        }

        @Test("counts, sums, maxima and texts that are joined are of the same kind", arguments: Engine.allCases)
        func expressions(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            try await room.database.write { connection in
                for number in 1...5 { _ = try Lantern.add("n\(number)", connection) }
            }
            let row = try await room.database.read {
                try $0.row(
                    """
                    SELECT COUNT(*), SUM(seq), MAX(seq), MAX(2, 7, 3), MIN(4, 2), COALESCE(SUM(seq), 0) / 2, 7 % 4, 'a' || 'b' || 3,
                        CASE WHEN SUM(seq) > 3 THEN 1 ELSE 0 END, length('äé'), 1 IS NULL, MAX(seq) IS ?, SUM(CASE WHEN seq > 9 THEN 1 END),
                        CAST('12' AS INTEGER), substr('abcdef', 2, 3), LOWER('AbC') FROM note
                    """, 5)
            }
            #expect(
                row?.values == [
                    .integer(5), .integer(15), .integer(5), .integer(7), .integer(2), .integer(7), .integer(3), .text("ab3"), .integer(1),
                    .integer(2), .integer(0), .integer(1), .null, .integer(12), .text("bcd"), .text("abc"),
                ])
        }

        @Test("a statement says how many rows it matched", arguments: Engine.allCases)
        func changeCounts(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let counts = try await room.database.write { connection in
                [
                    try connection.execute("INSERT INTO shop (id, name) VALUES (2, 'a'), (3, 'b'), (4, 'c')"),
                    try connection.execute("UPDATE shop SET size = 2 WHERE name = ?", "nobody"),
                    try connection.execute("UPDATE shop SET name = name WHERE id > 1"),
                    try connection.execute("DELETE FROM shop WHERE id > 1"),
                ]
            }
            #expect(counts == [3, 0, 3, 3])
        }

        @Test("a counter is raised and told in one statement; where it isn't nothing is told", arguments: Engine.allCases)
        func counters(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let told = try await room.database.write { connection in
                for number in 1...3 { _ = try Lantern.add("n\(number)", connection) }
                let text = "UPDATE note SET body = ?, seq = seq + 10 WHERE seq = ? RETURNING seq"
                let rows = try [3, 13, 4].map { try connection.rows(text, "raised", $0).map(\.values) }
                return rows + [[try connection.row(text, "again", 1)?.values ?? []]]
            }
            #expect(told == [[[.integer(13)]], [[.integer(23)]], [], [[.integer(11)]]])
            let seqs = try await room.database.read { try $0.rows("SELECT seq FROM note ORDER BY seq").map { try $0.get(0, as: Int.self) } }
            #expect(seqs == [2, 11, 23])
        }

        @Test("where the key is taken a row is added up or left out, and counted once", arguments: Engine.allCases)
        func conflicts(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let upsert = SQLInsertion(
                into: "tally", ["name", "total", "last"],
                suffix: "ON CONFLICT (name) DO UPDATE SET total = total + excluded.total, last = excluded.last")
            let ignore = SQLInsertion(into: "tally", ["name", "total", "last"], suffix: "ON CONFLICT DO NOTHING")
            let counts = try await room.database.write { connection in
                var rows = SQLRows(width: 3)
                for number in 0..<50 {
                    rows.add("t\(number % 30)")
                    rows.add(1)
                    rows.add(Int64(number))
                }
                var more = SQLRows(width: 3)
                for name in ["t1", "new"] {
                    more.add(name)
                    more.add(9)
                    more.addNull()
                }
                return [
                    try connection.insert(rows, with: upsert), try connection.insert(more, with: ignore),
                    try connection.execute("INSERT INTO tally (name, total) VALUES ('t1', 1) ON CONFLICT (name) DO UPDATE SET total = 1"),
                ]
            }
            #expect(counts == [50, 1, 1])
            let found = try await room.database.read { connection in
                try connection.rows("SELECT total, last FROM tally WHERE name IN ('t1', 't29', 'new') ORDER BY name").map(\.values)
            }
            #expect(found == [[.integer(9), .null], [.integer(1), .integer(31)], [.integer(1), .integer(29)]])
        }

        @Test("what is to be left out for its key is refused for anything else", arguments: Engine.allCases)
        func ignoresKeysOnly(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            for sql in [
                "INSERT INTO note (shop, seq, body) VALUES (99, 1, 'x') ON CONFLICT DO NOTHING",
                "INSERT INTO note (shop, seq, body) VALUES (1, 1, NULL) ON CONFLICT DO NOTHING",
            ] {
                await #expect(throws: StorageError.self, "\(sql)") { try await room.database.write { try $0.execute(sql) } }
            }
            #expect(try await room.database.read(Lantern.bodies).isEmpty)
        }

        @Test("a rule of the schema that refuses a row is named", arguments: Engine.allCases)
        func constraints(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let cases: [(String, StorageError)] = [
                ("INSERT INTO shop (id, name) VALUES (5, 'Lantern')", .duplicate(constraint: "shop.name")),
                ("INSERT INTO shop (id, name) VALUES (1, 'x for key ''y''')", .duplicate(constraint: "shop.id")),
                ("INSERT INTO note (shop, seq, body) VALUES (1, 1, 'a'), (1, 1, 'b')", .duplicate(constraint: "note.shop, note.seq")),
                ("UPDATE shop SET name = NULL", .refused(constraint: "shop.name")),
                ("INSERT INTO shop (id, name) VALUES (5, NULL)", .refused(constraint: "shop.name")),
                ("INSERT INTO note (shop, seq, body) VALUES (99, 1, 'a')", .refused(constraint: "FOREIGN KEY constraint failed")),
            ]
            for (sql, error) in cases {
                await #expect(throws: error, "\(sql)") { try await room.database.write { try $0.execute(sql) } }
            }
            let error = await #expect(throws: StorageError.self) {
                try await room.database.write { try $0.execute("INSERT INTO shop (id, name, size) VALUES (5, 'x', 0)") }
            }
            #expect(error?.code == "storage.refused")
            #expect(try await room.database.read(Lantern.bodies).isEmpty)
        }

        @Test("wrong statements and wrong numbers of arguments are errors, not crashes", arguments: Engine.allCases)
        func wrongStatements(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            for sql in ["", "SELEKT 1", "SELECT * FROM nowhere", "SELECT 1; SELECT 2", "SELECT ?", "'", "/*", "\u{0}"] {
                await #expect(throws: StorageError.self, "\(sql)") { try await room.database.read { try $0.rows(sql) } }
                await #expect(throws: StorageError.self, "\(sql)") { try await room.database.write { try $0.rows(sql) } }
            }
            await #expect(throws: StorageError.self) { try await room.database.read { try $0.rows("SELECT 1", 5) } }
            #expect(try await room.database.read { try $0.row("SELECT 1")?.get(0, as: Int.self) } == 1)
        }

        @Test("data is never taken for a statement", arguments: Engine.allCases)
        func injection(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let hostile = ["'; DROP TABLE shop; --", "\\'; DROP TABLE shop; --", "\" OR 1=1 --", "\u{0}' OR ''='", "?", "%_\\"]
            try await room.database.write { connection in
                for text in hostile { _ = try Lantern.add(text, connection) }
            }
            #expect(try await room.database.read(Lantern.bodies) == hostile)
            for text in hostile {
                let count = try await room.database.read {
                    try $0.row("SELECT COUNT(*) FROM note WHERE body = ?", text)?.get(0, as: Int.self)
                }
                #expect(count == 1, "\(text)")
            }
        }

        @Test("texts are equal when they are the same letter by letter, spaces and marks at the end too", arguments: Engine.allCases)
        func comparison(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let names = ["a", "A", "a ", "ä", "a\u{308}", "ß", "ss", "", " ", "😀", "😁"]
            try await room.database.write { connection in
                for (number, name) in names.enumerated() {
                    try connection.execute("INSERT INTO shop (id, name) VALUES (?, ?)", number + 10, name)
                }
            }
            for name in names {
                let count = try await room.database.read {
                    try $0.row("SELECT COUNT(*) FROM shop WHERE name = ?", name)?.get(0, as: Int.self)
                }
                #expect(count == 1, "\(name)")
            }
            let sorted = try await room.database.read {
                try $0.rows("SELECT name FROM shop WHERE id >= 10 ORDER BY name").map { try $0.get(0, as: String.self) }
            }
            #expect(sorted == names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
        }

        @Test("rows are deleted by a list of the same table with a limit", arguments: Engine.allCases)
        func limitedDelete(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            let left = try await room.database.write { connection in
                for number in 1...9 { _ = try Lantern.add("n\(number)", connection) }
                try connection.execute(
                    "DELETE FROM note WHERE seq IN (SELECT seq FROM note WHERE seq < ? ORDER BY seq LIMIT ?)", 8, 5)
                return try Lantern.bodies(connection)
            }
            #expect(left == ["n6", "n7", "n8", "n9"])
        }

        @Test("a read can't write", arguments: Engine.allCases)
        func readsOnly(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
            await #expect(throws: StorageError.self) { try await room.database.read { try $0.execute("DELETE FROM shop") } }
            #expect(try await room.database.read { try $0.row("SELECT count(*) FROM shop")?.get(0, as: Int.self) } == 1)
        }

        @Test("a read sees one moment, whatever is written meanwhile", arguments: Engine.allCases)
        func snapshot(_ engine: Engine) async throws {
            let room = try await TestRoom.open(engine)
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

        @Test("a connection that left its closure refuses to work", arguments: Engine.allCases)
        func escapedConnection(_ engine: Engine) async throws {
            final class Thief: @unchecked Sendable { var connection: (any SQLConnection)? }
            let room = try await TestRoom.open(engine)
            let thief = Thief()
            try await room.database.write { thief.connection = $0 }
            #expect(throws: StorageError.closed) { try thief.connection?.execute("DELETE FROM shop") }
        }
    }
#endif
