#if MySQL
    import Storage

    /// The engine's own tables: the one order of writes, each instance's last batch, and who changes the schema.
    enum MySQLBooks {
        static func texts(_ flavour: MySQLFlavour) -> [(table: String, text: String)] {
            let tail = "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE \(flavour.collation)"
            return [
                ("write_order", "CREATE TABLE IF NOT EXISTS write_order (id BIGINT NOT NULL PRIMARY KEY, batch BIGINT NOT NULL) \(tail)"),
                (
                    "writer",
                    """
                    CREATE TABLE IF NOT EXISTS writer (
                        instance VARCHAR(26) NOT NULL PRIMARY KEY, batch BIGINT NOT NULL, fence BIGINT NOT NULL, at BIGINT NOT NULL
                    ) \(tail)
                    """
                ),
                (
                    "schema_lease",
                    """
                    CREATE TABLE IF NOT EXISTS schema_lease (
                        id BIGINT NOT NULL PRIMARY KEY, holder VARCHAR(200) NOT NULL, until_at BIGINT NOT NULL
                    ) \(tail)
                    """
                ),
            ]
        }

        /// Milliseconds since 1970 by the server's clock, which is the same for all.
        static let now = "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)"
        /// An instance that hasn't written for so long is gone; its row comes back if not.
        static let forgotten = 7 * 86_400_000

        /// Makes what isn't there yet. Looked at first: on Galera each CREATE stops all nodes for a moment, even one that makes nothing.
        static func make(_ link: MySQLLink) throws {
            for (table, text) in texts(link.flavour) {
                let isThere = try link.value(
                    "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?", [.text(table)])
                if isThere == nil { try link.run(text) }
            }
            if try link.value("SELECT 1 FROM write_order WHERE id = 1") == nil {
                try link.run("INSERT IGNORE INTO write_order (id, batch) VALUES (1, 0)")
            }
            if try link.value("SELECT 1 FROM schema_lease WHERE id = 1") == nil {
                try link.run("INSERT IGNORE INTO schema_lease (id, holder, until_at) VALUES (1, '', 0)")
            }
        }

        /// This instance's row.
        static func sign(_ link: MySQLLink, instance: String, batch: Int64) throws {
            try link.run("DELETE FROM writer WHERE at < \(now) - \(forgotten)")
            try link.run(
                "INSERT INTO writer (instance, batch, fence, at) VALUES (?, ?, 0, \(now)) ON DUPLICATE KEY UPDATE batch = VALUES(batch)",
                MySQLArguments([.text(instance), .integer(batch)]))
            try link.run("COMMIT")
        }
    }
#endif
