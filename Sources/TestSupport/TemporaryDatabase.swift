import Foundation
package import Logging
package import Storage
import Synchronization
package import Vocabulary

#if MySQL
    import MySQLStorage
#endif

/// A fresh database with the tables of `schemas`, and a folder of its own.
package final class TemporaryDatabase: Sendable {
    /// Which engine is behind it.
    package enum Engine: Sendable {
        case file, server

        /// `SWITCHBOARD_TEST_DATABASE=mysql` lets all tests that don't choose themselves run on a MariaDB.
        package static let chosen: Engine =
            ProcessInfo.processInfo.environment["SWITCHBOARD_TEST_DATABASE"].map { $0.hasPrefix("mysql") } == true ? .server : .file
    }

    package let database: any HouseDatabase
    package let directory: TemporaryDirectory
    private let isServed: Bool
    /// Opens the same database once more; nil where only one can have it.
    private let again: (@Sendable () async throws -> any HouseDatabase)?
    private let others = Mutex<[any HouseDatabase]>([])

    private init(
        database: any HouseDatabase, directory: TemporaryDirectory, isServed: Bool, again: (@Sendable () async throws -> any HouseDatabase)?
    ) {
        self.database = database
        self.directory = directory
        self.isServed = isServed
        self.again = again
    }

    /// Its connections would be many by the last of a thousand tests.
    deinit {
        guard isServed else { return }
        let all = others.withLock { $0 } + [database]
        Task { for database in all { try? await database.close() } }
    }

    /// The same database as another instance has it: on a server a writer and readers of its own, which queue with everybody else's; a file has one
    /// writer only, so there it is `database`.
    package func another() async throws -> any HouseDatabase {
        guard let again else { return database }
        let database = try await again()
        others.withLock { $0.append(database) }
        return database
    }

    /// Changes the schema as the program never does while it runs: as another release may, or somebody at the database.
    /// - Parameter other: what a server is told instead.
    package func alter(_ sql: String, onServer other: String? = nil) async throws {
        guard isServed else { return try await database.write { _ = try $0.execute(sql) } }
        let name = String(database.place.split(separator: "/").last ?? "")
        try MariaDBServer.shared().execute(other ?? sql, in: name)
    }

    package static func open(
        schemas: [Schema] = [], on engine: Engine = .chosen, clock: any WallClock = ManualClock(), logger: Logger = .silent
    ) async throws -> TemporaryDatabase {
        let directory = try TemporaryDirectory()
        let database: any HouseDatabase
        var again: (@Sendable () async throws -> any HouseDatabase)?
        switch engine {
        case .file:
            database = try SQLiteDatabase.open(directory: directory.path, logger: logger)
            try await migrate(database, schemas, clock, logger)
        case .server:
            let open = try await serverDatabase(of: schemas, clock: clock, logger: logger)
            (database, again) = (try await open(), open)
        }
        return TemporaryDatabase(database: database, directory: directory, isServed: engine == .server, again: again)
    }

    private static func migrate(_ database: any HouseDatabase, _ schemas: [Schema], _ clock: any WallClock, _ logger: Logger) async throws {
        try await Migrator(schemas: schemas, logger: logger, clock: clock, version: "test").migrate(database)
    }

    /// A new database on the tests' server, to be opened as often as one likes.
    private static func serverDatabase(
        of schemas: [Schema], clock: any WallClock, logger: Logger
    ) async throws -> @Sendable () async throws -> any HouseDatabase {
        #if MySQL
            let server = try MariaDBServer.shared()
            var configuration = MySQLConfiguration(
                host: "127.0.0.1", port: server.port, user: MariaDBServer.user, password: Secret(MariaDBServer.password),
                database: try server.makeDatabase(), tls: .off)
            configuration.readers = 2
            let open: @Sendable () async throws -> any HouseDatabase = { [configuration] in
                try await MySQLDatabase.open(configuration, logger: logger)
            }
            // Statement by statement a schema takes a second: the first one is kept, for all others of it to be made like it.
            let form = schemas.flatMap { schema in schema.migrations.map { "\(schema.room).\($0.number) \($0.statements)" } }.joined()
                .hashValue
            guard try !server.fill(configuration.database, as: form) else { return open }
            let first = try await open()
            try await migrate(first, schemas, clock, logger)
            try await first.close()
            try server.keep(configuration.database, as: form)
            return open
        #else
            throw MariaDBServer.Failure(description: "built without MySQL")
        #endif
    }
}
