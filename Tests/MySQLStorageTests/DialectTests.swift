#if MySQL
    import Storage
    import Testing
    @testable import MySQLStorage

    @Suite("The words of MySQL")
    struct DialectTests {
        @Test(
            "a statement is translated where the words differ, and left alone where they don't",
            arguments: [
                (
                    "SELECT name, 'it''s /2 MAX(a, b)' FROM shop -- a / b\n WHERE id = ?",
                    "SELECT name, 'it''s /2 MAX(a, b)' FROM shop -- a / b\n WHERE id = ?"
                ),
                ("SELECT value FROM instance WHERE key = 'epoch'", "SELECT value FROM instance WHERE \"key\" = 'epoch'"),
                (
                    "SELECT 1 WHERE a IS ? AND b IS NOT ? AND c IS NULL AND d IS NOT NULL",
                    "SELECT 1 WHERE a <=> ? AND b <=> ? = 0 AND c IS NULL AND d IS NOT NULL"
                ),
                ("SELECT MAX(a), MAX(a, b), MIN(f(a, b)), MIN(1, 2)", "SELECT MAX(a), GREATEST(a, b), MIN(f(a, b)), LEAST(1, 2)"),
                ("SELECT length(a), length FROM t", "SELECT CHAR_LENGTH(a), length FROM t"),
                ("SELECT a/b, CAST(a AS INTEGER), CAST(b AS TEXT)", "SELECT a DIV b, CAST(a AS SIGNED), CAST(b AS CHAR)"),
                ("INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT DO NOTHING", "INSERT IGNORE INTO t (a, b) VALUES (?, ?) "),
                (
                    "INSERT INTO t (a, b) VALUES (?, ?), (?, ?) ON CONFLICT (a) DO UPDATE SET b = b + excluded.b",
                    "INSERT INTO t (a, b) VALUES (?, ?), (?, ?) ON DUPLICATE KEY UPDATE b = b + VALUES(b)"
                ),
                (
                    "DELETE FROM t WHERE id IN (SELECT id FROM t LIMIT ?) AND x IN (SELECT y FROM u)",
                    "DELETE FROM t WHERE id IN (SELECT * FROM (SELECT id FROM t LIMIT ?) limited) AND x IN (SELECT y FROM u)"
                ),
                (
                    "UPDATE t SET n = n + 1, m = ? WHERE id = ? RETURNING n",
                    "UPDATE t SET n = LAST_INSERT_ID(n + 1) , m = ? WHERE id = ?"
                ),
                ("CREATE INDEX i ON t (a, b) WHERE c = 'open'", "CREATE INDEX i ON t (a, b) "),
                ("ALTER TABLE t ADD COLUMN a TEXT NOT NULL DEFAULT ''", "ALTER TABLE t ADD COLUMN a LONGTEXT NOT NULL DEFAULT ('')"),
                (
                    "CREATE TABLE t (key TEXT PRIMARY KEY NOT NULL, n INTEGER CHECK (n IN (1, 2)), b BLOB, v VARCHAR(3), PRIMARY KEY (n)) STRICT, WITHOUT ROWID",
                    "CREATE TABLE t (\"key\" VARCHAR(255) PRIMARY KEY NOT NULL, n BIGINT CHECK (n IN (1, 2)), b LONGBLOB, v VARCHAR(3), PRIMARY KEY (n)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
                ),
                (
                    "UPDATE r SET t = (SELECT group_concat(x, ';') FROM (SELECT a || ':' AS x FROM p WHERE p.r = r.id ORDER BY a.n))",
                    "UPDATE r SET t = (SELECT group_concat( a || ':' ORDER BY a.n SEPARATOR ';') FROM p WHERE p.r = r.id )"
                ),
                (
                    "CREATE VIRTUAL TABLE t USING fts5(words, content='', columnsize=0, tokenize='ascii')",
                    "CREATE TABLE \"t\" (\"rowid\" BIGINT NOT NULL PRIMARY KEY, \"words\" LONGTEXT NOT NULL, FULLTEXT INDEX \"words\" (\"words\")) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
                ),
                (
                    "SELECT w.\"rowid\" FROM t w WHERE MATCH (w.words) AGAINST (? IN BOOLEAN MODE) AND w.\"rowid\" < ?",
                    "SELECT w.\"rowid\" FROM t w WHERE MATCH (w.words) AGAINST (? IN BOOLEAN MODE) AND w.\"rowid\" < ?"
                ),
            ])
        func translations(_ sql: String, _ expected: String) throws {
            let found = try MySQLDialect(flavour: MySQLFlavour(server: "10.11.14-MariaDB")).translate(sql).text
            #expect(Self.tight(found) == Self.tight(expected))
        }

        @Test(
            "what has no translation is refused, never guessed",
            arguments: [
                "SELECT rowid FROM t", "PRAGMA foreign_keys", "INSERT OR REPLACE INTO t VALUES (1)",
                "CREATE UNIQUE INDEX i ON t (a) WHERE b = 1",
                "CREATE TABLE t (a INTEGER REFERENCES u (b))", "CREATE TABLE t (a)", "UPDATE t SET a = a + 1, b = a", "CREATE TRIGGER x",
                "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1, c = b", "DELETE FROM t RETURNING a",
                "UPDATE t SET a = 1 RETURNING b", "UPDATE t SET a = 1, b = 2 RETURNING a, b", "UPDATE t SET a = 1 RETURNING a + 1",
                "INSERT INTO t (a) VALUES (1) RETURNING a",
                "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1 WHERE c", "SELECT a COLLATE NOCASE",
                "CREATE VIRTUAL TABLE t USING fts5(words)", "CREATE VIRTUAL TABLE t USING fts5(words, content='', columnsize=0)",
                "CREATE VIRTUAL TABLE t USING fts5(words, more, content='', columnsize=0, tokenize='ascii')",
                "CREATE VIRTUAL TABLE t USING fts5(words, content='', columnsize=0, tokenize='trigram')",
                "CREATE VIRTUAL TABLE t USING fts4(words, content='', columnsize=0, tokenize='ascii')", "CREATE VIRTUAL TABLE",
                "CREATE VIRTUAL TABLE t USING rtree(id, a, b)", "SELECT rowid FROM t WHERE words MATCH ?",
            ])
        func refusals(_ sql: String) {
            #expect(throws: Untranslatable.self) { try MySQLDialect(flavour: MySQLFlavour(server: "8.0.36")).translate(sql) }
        }

        @Test("a server without full text gets the table alone, and its schema is whole without the index")
        func withoutFullText() throws {
            let flavour = MySQLFlavour(server: "5.7.25-TiDB-v7.5.0")
            let text = try MySQLDialect(flavour: flavour).translate(Spoken.form).text
            #expect(text.contains("CREATE TABLE \"spoken\"") && !text.contains("FULLTEXT"))
            let table = try #require(FullTextTable(Spoken.form))
            let (with, without) = (MySQLTable(table, flavour: MySQLFlavour(server: "8.0.36")), MySQLTable(table, flavour: flavour))
            #expect(without.drift(from: without, table: "spoken").isEmpty && with.drift(from: without, table: "spoken").isEmpty)
            #expect(without.drift(from: with, table: "spoken").map(\.name) == ["spoken"])
        }

        @Test(
            "whatever a statement holds, translating it ends",
            arguments: [
                "", "(", "'", "\"", "/*", "--", "CREATE TABLE", "CREATE TABLE t (", "INSERT INTO t ON CONFLICT", "IN (SELECT LIMIT",
                "group_concat(", "MAX(", "ON CONFLICT (", "IS", "IS NOT", "UPDATE t SET", "UPDATE t SET a =", "DROP INDEX",
                "ALTER TABLE t ADD COLUMN", "\u{0}", "excluded.",
            ])
        func hostile(_ sql: String) {
            _ = try? MySQLDialect(flavour: MySQLFlavour(server: "8.0.36")).translate(sql)
            #expect(SQLPiece.write(SQLPiece.all(of: sql)) == sql)
        }

        @Test(
            "a server is known by its version",
            arguments: [
                ("10.11.14-MariaDB-0+deb12u2", "MariaDB 10.11.14-MariaDB-0+deb12u2", "utf8mb4_nopad_bin", true),
                ("5.5.5-10.6.12-MariaDB", "MariaDB 10.6.12-MariaDB", "utf8mb4_nopad_bin", true),
                ("8.0.36", "MySQL 8.0.36", "utf8mb4_0900_bin", true),
                ("5.7.44-log", "MySQL 5.7.44-log", "utf8mb4_bin", false),
                ("10.1.48-MariaDB", "MariaDB 10.1.48-MariaDB", "utf8mb4_nopad_bin", false),
                ("", "MySQL ", "utf8mb4_bin", false), ("8.0.11-TiDB-v7.5.0", "MySQL 8.0.11-TiDB-v7.5.0", "utf8mb4_0900_bin", true),
            ])
        func flavours(_ server: String, _ engine: String, _ collation: String, _ isNewEnough: Bool) {
            let flavour = MySQLFlavour(server: server)
            #expect("\(flavour.engine)" == engine && flavour.collation == collation && flavour.isNewEnough == isNewEnough)
        }

        /// Without doubled and trailing spaces.
        private static func tight(_ text: String) -> String { text.split(separator: " ").joined(separator: " ") }
    }
#endif
