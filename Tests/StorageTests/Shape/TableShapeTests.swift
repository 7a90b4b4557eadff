import Storage
import Testing

@Suite("How two schemas are compared")
struct SchemaShapeTests {
    @Test(
        "two spellings of one table are the same schema",
        arguments: [
            "CREATE TABLE shop (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '', size INTEGER CHECK (size > 0)) STRICT",
            "create table \"shop\"(\n  \"id\" integer primary key,\n  [name] text default '' not null, -- its name\n `size` integer check(size>0) null\n)strict;",
            "CREATE TABLE IF NOT EXISTS shop (size INTEGER CHECK ( size > 0 ), id INTEGER PRIMARY KEY, /* moved */ name TEXT NOT NULL DEFAULT '') STRICT",
        ])
    func spellings(_ sql: String) throws {
        let plain = "CREATE TABLE shop (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '', size INTEGER CHECK (size > 0)) STRICT"
        #expect(try shape([sql]).fingerprint == shape([plain]).fingerprint)
        #expect(try shape([sql]).drift(from: shape([plain])).isEmpty)
    }

    @Test(
        "every real difference of a column or a rule is one, named, with both definitions",
        arguments: [
            ("name TEXT NOT NULL DEFAULT ''", "name TEXT NOT NULL DEFAULT 'x'", "shop.name"),
            ("name TEXT NOT NULL DEFAULT ''", "name TEXT DEFAULT ''", "shop.name"),
            ("name TEXT NOT NULL DEFAULT ''", "name INTEGER NOT NULL DEFAULT ''", "shop.name"),
            ("name TEXT NOT NULL DEFAULT ''", "name TEXT NOT NULL DEFAULT '' COLLATE NOCASE", "shop.name"),
            ("name TEXT NOT NULL DEFAULT ''", "name TEXT NOT NULL DEFAULT '' REFERENCES shop (id) ON DELETE SET NULL", "shop.name"),
            ("CHECK (id > 0)", "CHECK (id >= 0)", "shop"),
            ("STRICT", "", "shop"),
        ])
    func differences(_ part: String, _ other: String, _ name: String) throws {
        let plain = "CREATE TABLE shop (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '', CHECK (id > 0)) STRICT"
        let drifts = try shape([plain.replacing(part, with: other)]).drift(from: shape([plain]))
        let drift = try #require(drifts.first)
        #expect(drifts.count == 1 && drift.kind == .different && drift.name == name && drift.isBlocking)
        #expect(drift.expected != drift.found && drift.text.contains("expected:") && drift.text.contains("found:"))
    }

    @Test("texts in quotes keep their letters, and a quote in a text ends nothing")
    func texts() throws {
        let one = "CREATE TABLE t (a TEXT DEFAULT 'it''s, (A)', b TEXT)"
        #expect(try shape([one]).drift(from: shape([one.replacing("(A)", with: "(a)")])).map(\.name) == ["t.a"])
        #expect(try shape([one]).drift(from: shape([one.replacing(", b TEXT", with: "")])).map(\.name) == ["t.b"])
    }

    @Test("what ALTER TABLE makes of a table is what CREATE TABLE makes of it")
    func altered() throws {
        let whole = ["CREATE TABLE shop (id INTEGER PRIMARY KEY, colour TEXT NOT NULL DEFAULT 'red', UNIQUE (id))"]
        let grown = [
            "CREATE TABLE old (id INTEGER PRIMARY KEY, UNIQUE (id))", "ALTER TABLE old ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'",
            "ALTER TABLE old RENAME TO shop",
        ]
        #expect(try shape(grown).fingerprint == shape(whole).fingerprint)
    }

    @Test("indexes, triggers and views are compared too, and what is missing or more is told apart")
    func parts() throws {
        let tables = ["CREATE TABLE shop (id INTEGER PRIMARY KEY, name TEXT)"]
        let index = "CREATE INDEX shop_by_name ON shop (name)"
        let trigger = "CREATE TRIGGER t AFTER INSERT ON shop BEGIN DELETE FROM shop WHERE id = 0; END"
        let whole = try shape(tables + [index, trigger, "CREATE VIEW v AS SELECT id FROM shop"])
        let bare = try shape(tables)
        #expect(
            bare.drift(from: whole).map { "\($0.kind) \($0.object) \($0.name)" } == [
                "missing index shop_by_name", "missing trigger t", "missing view v",
            ])
        #expect(whole.drift(from: bare).allSatisfy { $0.kind == .extra && !$0.isBlocking })
        let other = try shape(tables + [index.replacing("(name)", with: "(name DESC)")])
        #expect(other.drift(from: try shape(tables + [index])).map(\.kind) == [.different])
    }

    @Test("an extra column hinders only when new rows would have to fill it")
    func extraColumns() throws {
        let plain = try shape(["CREATE TABLE shop (id INTEGER PRIMARY KEY)"])
        for (column, isBlocking) in [("x TEXT", false), ("x TEXT NOT NULL DEFAULT ''", false), ("x TEXT NOT NULL", true)] {
            let drifts = try shape(["CREATE TABLE shop (id INTEGER PRIMARY KEY, \(column))"]).drift(from: plain)
            #expect(drifts.map(\.isBlocking) == [isBlocking], "\(column)")
        }
    }

    @Test(
        "whatever a definition holds, reading it ends",
        arguments: [
            "", "(", "CREATE TABLE", "CREATE TABLE t (", "CREATE TABLE t ()", "'", "/*", "--", "[", "CREATE TABLE t (a DEFAULT (((",
            "\u{0}",
        ])
    func hostile(_ text: String) {
        // As the kind of every statement of a plan is read from its text.
        let migration = Migration(1, "x", [text])
        #expect([.expand, .contract].contains(migration.kind))
    }

    private func shape(_ statements: [String]) throws -> SchemaShape {
        let memory = try SQLiteFile()
        for statement in statements { try memory.execute(statement, []) }
        return try SchemaShape.read(memory)
    }
}
