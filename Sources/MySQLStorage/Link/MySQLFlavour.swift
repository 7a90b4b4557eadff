#if MySQL
    import Storage

    /// Which server it is, as far as it makes a difference.
    struct MySQLFlavour: Hashable, Sendable {
        let isMariaDB: Bool
        let isTiDB: Bool
        let major: Int
        let minor: Int
        /// As the server writes it.
        let version: String

        /// - Parameter server: `10.11.14-MariaDB-0+deb12u2`, `8.0.36`, `5.5.5-10.6.12-MariaDB` (what MariaDB tells replicas),
        ///   `8.0.11-TiDB-v7.5.0`.
        init(server: String) {
            isMariaDB = server.lowercased().contains("mariadb")
            isTiDB = server.lowercased().contains("-tidb")
            let text = isMariaDB && server.hasPrefix("5.5.5-") ? String(server.dropFirst(6)) : server
            let numbers = text.prefix { $0.isNumber || $0 == "." }.split(separator: ".").map { Int($0) ?? 0 }
            major = numbers.first ?? 0
            minor = numbers.dropFirst().first ?? 0
            version = text
        }

        var engine: DatabaseEngine { DatabaseEngine(name: isMariaDB ? "MariaDB" : "MySQL", version: version) }

        /// Compares as SQLite does, byte by byte and trailing spaces too, where the server has such a thing.
        var collation: String { isMariaDB ? "utf8mb4_nopad_bin" : major >= 8 ? "utf8mb4_0900_bin" : "utf8mb4_bin" }

        /// TiDB reads FULLTEXT and makes nothing of it.
        var hasFullText: Bool { !isTiDB }

        /// Checks are enforced and texts may have defaults: MariaDB 10.3, MySQL 8.
        var isNewEnough: Bool { isMariaDB ? (major, minor) >= (10, 3) : major >= 8 }
    }
#endif
