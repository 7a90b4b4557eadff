#if MySQL
    import Logging
    import MySQLStorage
    import Storage
    import TestSupport
    import Vocabulary

    /// The engines on which the contract has to hold.
    enum Engine: String, CaseIterable, Sendable, CustomStringConvertible {
        case sqlite = "SQLite"
        case mysql = "MariaDB"

        var description: String { rawValue }
    }

    /// A fresh database of one engine with the tables of `Lantern`, or others.
    final class TestRoom: Sendable {
        let database: any HouseDatabase
        /// Of a room on a server.
        let configuration: MySQLConfiguration?
        private let directory: TemporaryDirectory?

        private init(_ database: any HouseDatabase, _ configuration: MySQLConfiguration?, _ directory: TemporaryDirectory?) {
            self.database = database
            self.configuration = configuration
            self.directory = directory
        }

        static func open(_ engine: Engine, _ schemas: [Schema] = [Lantern.schema]) async throws -> TestRoom {
            switch engine {
            case .mysql: return try await open(on: MariaDBServer.shared(), schemas)
            case .sqlite:
                let directory = try TemporaryDirectory()
                let database = try SQLiteDatabase.open(directory: directory.path, logger: .silent)
                try await migrator(schemas).migrate(database)
                return TestRoom(database, nil, directory)
            }
        }

        static func open(
            on server: MariaDBServer, _ schemas: [Schema] = [Lantern.schema], change: (inout MySQLConfiguration) -> Void = { _ in }
        ) async throws -> TestRoom {
            var configuration = Self.configuration(server, try server.makeDatabase())
            // The tables are made with all the time of the world, also where the test itself has little.
            let maker = try await MySQLDatabase.open(configuration, logger: .silent)
            try await migrator(schemas).migrate(maker)
            try await maker.close()
            change(&configuration)
            let database = try await MySQLDatabase.open(configuration, logger: .silent, patience: .seconds(20))
            return TestRoom(database, configuration, nil)
        }

        static func configuration(_ server: MariaDBServer, _ database: String) -> MySQLConfiguration {
            MySQLConfiguration(
                host: "127.0.0.1", port: server.port, user: MariaDBServer.user, password: Secret(MariaDBServer.password),
                database: database,
                tls: .off)
        }

        static func migrator(_ schemas: [Schema], watch: @escaping MigrationBoundary.Watch = { _ in }) -> Migrator {
            Migrator(schemas: schemas, logger: .silent, clock: ManualClock(), version: "test", watch: watch)
        }
    }

    /// The tables of a small room: shops and what was said in them, in the words that both engines share.
    enum Lantern {
        static let schema = Schema(
            room: "lantern",
            migrations: [
                Migration(
                    1, "shops and notes",
                    [
                        """
                        CREATE TABLE shop (
                            id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL UNIQUE, size INTEGER CHECK (size > 0)
                        )
                        """,
                        """
                        CREATE TABLE note (
                            shop INTEGER NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL,
                            UNIQUE (shop, seq), FOREIGN KEY (shop) REFERENCES shop (id) ON DELETE CASCADE
                        )
                        """,
                        "CREATE TABLE anything (place INTEGER NOT NULL PRIMARY KEY, number BIGINT, part REAL, words TEXT, bytes BLOB)",
                        "CREATE TABLE tally (name VARCHAR(40) NOT NULL PRIMARY KEY, total BIGINT NOT NULL, last BIGINT)",
                        "INSERT INTO shop (id, name) VALUES (1, 'Lantern')",
                    ])
            ])

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
#endif
