import Storage
import Testing
import TestSupport
import Vocabulary

/// What is SQLite's alone; the rest is the contract of all engines.
@Suite("Full text in a file")
struct FullTextTests {
    private static let form = "CREATE VIRTUAL TABLE spoken USING fts5(words, content='', columnsize=0, tokenize='ascii')"
    private static let before = Schema(room: "lantern", migrations: Lantern.schema.migrations)
    private static let schema = Schema(room: "lantern", migrations: Lantern.schema.migrations + [Migration(2, "words", [form])])

    @Test("the newest hits come out of the index in their order: nothing is sorted, however many there are")
    func queryPlan() async throws {
        let room = try await TemporaryDatabase.open(schemas: [Self.schema], on: .file)
        let steps = try await room.database.read { connection in
            let found = connection.matching(FullTextQuery([.beginning("1xa"), .phrase(["1yb", "1yc"])]), in: "w.words")
            let sql = "SELECT w.\"rowid\" FROM spoken w WHERE \(found.text) AND w.\"rowid\" < ? ORDER BY w.\"rowid\" DESC LIMIT ?"
            return try connection.rows("EXPLAIN QUERY PLAN " + sql, found.arguments + [.integer(9), .integer(9)])
                .map { try $0.get(3, as: String.self) }
        }
        #expect(steps.count == 1 && steps.first?.hasPrefix("SCAN w VIRTUAL TABLE INDEX") == true, "\(steps)")
        // M: the words; <: the bound of the rows, which is then the order's as well.
        #expect(steps.first?.hasSuffix(":M0<") == true, "\(steps)")
    }

    @Test("only the one form is a full-text table")
    func form() throws {
        let table = try #require(
            FullTextTable("create virtual table \"Spoken\" using FTS5 ( Words, content = '', columnsize=0,tokenize='ascii');"))
        #expect(table.name == "spoken" && table.column == "words")
        // As the shapes of schemas spell it.
        #expect(FullTextTable(SQLToken.write(SQLToken.all(of: Self.form))) == FullTextTable(Self.form))
        for other in [
            "", "CREATE", "CREATE TABLE spoken (words)", Self.form + " x", Self.form.replacing("fts5", with: "fts4"),
            Self.form.replacing("words,", with: "words, more,"), Self.form.replacing("'ascii'", with: "'porter'"),
            Self.form.replacing("content=''", with: "content='other'"), Self.form.replacing("words", with: "'words'"),
            String(Self.form.dropLast()),
        ] {
            #expect(FullTextTable(other) == nil, "\(other)")
        }
    }

    @Test("a database gets it beside its rows; a dropped one is missed, and where the index keeps its own is nobody's table")
    func schema() async throws {
        let room = try await TemporaryDatabase.open(schemas: [Self.before], on: .file)
        try await Self.migrator(Self.schema).migrate(room.database)
        let shape = try await room.database.read(SchemaShape.read)
        #expect(shape.tables["spoken"] == nil && shape.tables.keys.allSatisfy { !$0.hasPrefix("spoken") })
        #expect(shape.parts.keys.map(\.name).filter { $0.hasPrefix("spoken") } == ["spoken"])
        #expect(shape.drift(from: try ExpectedSchema.make([.storage, Self.schema])).isEmpty)
        try await room.database.write { _ = try $0.execute("DROP TABLE spoken") }
        let without = try await room.database.read(SchemaShape.read)
        let drift = without.drift(from: shape)
        #expect(drift.map { "\($0.kind) \($0.object) \($0.name)" } == ["missing table spoken"] && drift.allSatisfy(\.isBlocking))
        let error = await #expect(throws: MigratorError.self) { try await Self.migrator(Self.schema).migrate(room.database) }
        #expect(error?.code == "migrator.drifted")
        // Of another form it is another table.
        try await room.database.write {
            _ = try $0.execute("CREATE VIRTUAL TABLE spoken USING fts5(words, content='', columnsize=0, tokenize='porter')")
        }
        #expect(try await room.database.read(SchemaShape.read).drift(from: shape).map(\.kind) == [.different])
    }

    @Test("one that was made by hand is taken over, and one of another form refused")
    func byHand() async throws {
        for (form, isSame) in [(Self.form.lowercased(), true), (Self.form.replacing("'ascii'", with: "'porter'"), false)] {
            let room = try await TemporaryDatabase.open(schemas: [Self.before], on: .file)
            try await room.database.write { _ = try $0.execute(form) }
            guard !isSame else {
                #expect(try await Self.migrator(Self.schema).migrate(room.database) == ["lantern.0002"])
                continue
            }
            let error = await #expect(throws: MigratorError.self) { try await Self.migrator(Self.schema).migrate(room.database) }
            guard case .inTheWay("lantern.0002", 1, let drift)? = error else { Issue.record("\(String(describing: error))"); return }
            #expect(drift.name == "spoken")
        }
    }

    @Test("a rehearsed plan calls it an addition without rows, behind which the release before goes on")
    func plan() async throws {
        let room = try await TemporaryDatabase.open(schemas: [Self.before], on: .file)
        try await room.database.close()
        let report = try MigrationInspection(
            directory: room.directory.path, schemas: [Self.schema], clock: ManualClock(), version: "test"
        ).plan()
        let step = try #require(report.pending.first)
        #expect(report.rehearsal?.failure == nil && report.previousReleaseGoesOn && step.kind == .expand)
        #expect(step.statements.map(\.effect) == ["makes table spoken"] && step.statements.map(\.rows) == [0])
    }

    @Test("a backup has what is found, is restored for trial with it, and what is lost is told of people's tables alone")
    func backup() async throws {
        let room = try await TemporaryDatabase.open(schemas: [Self.schema], on: .file)
        let vault = BackupVault(directory: room.directory.path, clock: ManualClock(), version: "test")
        for number in 1...200 { try await Self.say(number, room.database) }
        let backup = try vault.make(.asked)
        for number in 201...210 { try await Self.say(number, room.database) }
        try await room.database.close()
        #expect(backup.manifest.restored == "ok")
        let report = try Restoration(vault, schemas: [Self.schema]).run(.newest(at: nil))
        #expect(report.isVerified && report.missing == ["note": 10])
        let restored = try SQLiteFile(room.directory.path + "/switchboard.sqlite", .readWrite)
        let found = restored.matching(FullTextQuery([.beginning("1xlan")]), in: "words")
        #expect(try restored.rows("SELECT \"rowid\" FROM spoken WHERE \(found.text)", found.arguments).count == 200)
        try restored.execute("INSERT INTO spoken (spoken) VALUES ('integrity-check')", [])
    }

    private static func say(_ number: Int, _ database: any HouseDatabase) async throws {
        try await database.write { connection in
            _ = try Lantern.add("\(number)", connection)
            try connection.execute("INSERT INTO spoken (\"rowid\", words) VALUES (?, ?)", number, " 1xlantern 1x\(number) ")
        }
    }

    private static func migrator(_ schema: Schema) -> Migrator {
        Migrator(schemas: [schema], logger: .silent, clock: ManualClock(), version: "test")
    }
}
