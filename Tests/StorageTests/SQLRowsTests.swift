import Storage
import TestSupport
import Testing

/// Many runs of one statement.
@Suite struct SQLRowsTests {
    private func room() async throws -> TemporaryDatabase {
        let sql = "CREATE TABLE line (id INTEGER PRIMARY KEY, name TEXT, size INTEGER CHECK (size < 100), note TEXT)"
        return try await TemporaryDatabase.open(schemas: [Schema(room: "lantern", migrations: [Migration(1, "lines", [sql])])])
    }

    private static let insert = "INSERT INTO line (name, size, note) VALUES (?, ?, ?)"

    private static func lines(_ connection: any SQLConnection) throws -> [[SQLValue]] {
        try connection.rows("SELECT name, size, note FROM line ORDER BY id").map(\.values)
    }

    @Test("Every row arrives as it was given, whatever the row above it had in the same place")
    func values() async throws {
        let room = try await room()
        let names: [String?] = ["Kim", "Kim", nil, nil, "", "", "Kim", "李雷 👩‍🔧", "with \0 in it", "Kin", "Ki"]
        let sizes: [Int64?] = [1, 1, nil, 0, 0, nil, nil, -5, .min, 99, 1]
        var rows = SQLRows(width: 3)
        rows.reserve(2, text: 4)
        for (name, size) in zip(names, sizes) {
            rows.add(name)
            rows.add(size)
            if size == 1 { rows.add { $0 += Array("written".utf8) } } else { rows.addNull() }
        }
        #expect(rows.count == names.count)
        let given = rows
        #expect(try await room.database.write { try $0.execute(Self.insert, each: given) } == names.count)
        let expected = zip(names, sizes).map { [$0.sqlValue, $1.sqlValue, $1 == 1 ? .text("written") : .null] }
        #expect(try await room.database.read(Self.lines) == expected)
    }

    @Test("Nothing of one use of a statement is left in the next")
    func leftovers() async throws {
        let room = try await room()
        var rows = SQLRows(width: 3)
        rows.add("Ada")
        rows.add(7)
        rows.add("first")
        let given = rows
        try await room.database.write { connection in
            try connection.execute(Self.insert, each: given)
            try connection.execute(Self.insert, [.null, .integer(8), .null])
            try connection.execute(Self.insert, each: SQLRows(width: 3))
            var second = SQLRows(width: 3)
            for _ in 0..<3 { second.addNull() }
            try connection.execute(Self.insert, each: second)
        }
        #expect(
            try await room.database.read(Self.lines) == [
                [.text("Ada"), .integer(7), .text("first")], [.null, .integer(8), .null], [.null, .null, .null],
            ])
    }

    @Test("The first row that is refused ends it, and the whole write is undone")
    func refused() async throws {
        let room = try await room()
        var rows = SQLRows(width: 3)
        for size in [1, 2, 500, 3] as [Int64] {
            rows.add("n")
            rows.add(size)
            rows.addNull()
        }
        let given = rows
        await #expect(throws: StorageError.refused(constraint: "size < 100")) {
            try await room.database.write { _ = try $0.execute(Self.insert, each: given) }
        }
        #expect(try await room.database.read(Self.lines).isEmpty)
        // The statement is as good as before.
        try await room.database.write { _ = try $0.execute(Self.insert, [.text("after"), .integer(1), .null]) }
        #expect(try await room.database.read(Self.lines).count == 1)
    }

    @Test("A row that lacks a value, or has one too many, is an error")
    func uneven() async throws {
        let room = try await room()
        var short = SQLRows(width: 3)
        for number in 0..<5 as Range<Int64> { short.add(number) }
        var wide = SQLRows(width: 4)
        for number in 0..<4 as Range<Int64> { wide.add(number) }
        for rows in [short, wide] {
            await #expect(throws: StorageError.self) { try await room.database.write { _ = try $0.execute(Self.insert, each: rows) } }
        }
        #expect(try await room.database.read(Self.lines).isEmpty)
    }

    @Test("It tells how many rows changed in all, also where a run changes none or several")
    func counts() async throws {
        let room = try await room()
        var rows = SQLRows(width: 3)
        for name in ["a", "a", "b", "c"] {
            rows.add(name)
            rows.add(1)
            rows.addNull()
        }
        var names = SQLRows(width: 1)
        for name in ["a", "x", "c"] { names.add(name) }
        let (given, wanted) = (rows, names)
        let counts = try await room.database.write { connection in
            [
                try connection.execute(Self.insert, each: given),
                try connection.execute("UPDATE line SET size = 2 WHERE name = ?", each: wanted),
            ]
        }
        #expect(counts == [4, 3])
    }

    @Test("Rows that are inserted many at once arrive in order, whatever their number", arguments: [0, 1, 7, 8, 9, 31, 32, 33, 77, 300])
    func insertions(count: Int) async throws {
        let room = try await room()
        let insertion = SQLInsertion(into: "line", ["name", "size", "note"])
        var rows = SQLRows(width: insertion.width)
        for number in 0..<count {
            rows.add(number % 3 == 0 ? nil : "n\(number / 40)")
            rows.add(Int64(number % 100))
            rows.add(number % 5 == 0 ? "" : "note \(number)")
        }
        let given = rows
        #expect(try await room.database.write { try $0.insert(given, with: insertion) } == count)
        let expected = (0..<count).map { number -> [SQLValue] in
            let name: SQLValue = number % 3 == 0 ? .null : .text("n\(number / 40)")
            let note: SQLValue = .text(number % 5 == 0 ? "" : "note \(number)")
            return [name, .integer(Int64(number % 100)), note]
        }
        #expect(try await room.database.read(Self.lines) == expected)
    }

    @Test("One row that is refused undoes the whole write; with a suffix, what is there already is left or added to")
    func conflicts() async throws {
        let room = try await room()
        var rows = SQLRows(width: 2)
        for number in 0..<50 as Range<Int64> {
            rows.add(number % 20)
            rows.add(1)
        }
        let given = rows
        await #expect(throws: StorageError.duplicate(constraint: "line.id")) {
            try await room.database.write { _ = try $0.insert(given, with: SQLInsertion(into: "line", ["id", "size"])) }
        }
        #expect(try await room.database.read(Self.lines).isEmpty)
        let kept = SQLInsertion(into: "line", ["id", "size"], suffix: "ON CONFLICT DO NOTHING")
        #expect(try await room.database.write { try $0.insert(given, with: kept) } == 20)
        let added = SQLInsertion(into: "line", ["id", "size"], suffix: "ON CONFLICT (id) DO UPDATE SET size = size + excluded.size")
        try await room.database.write { _ = try $0.insert(given, with: added) }
        let sizes = try await room.database.read { try $0.rows("SELECT size FROM line ORDER BY id").map { try $0.get(0, as: Int.self) } }
        #expect(sizes == (0..<20).map { $0 < 10 ? 4 : 3 })
    }
}
