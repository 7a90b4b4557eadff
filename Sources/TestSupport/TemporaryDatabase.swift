import Foundation
package import Logging
package import Storage
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

    private init(database: any HouseDatabase, directory: TemporaryDirectory, isServed: Bool) {
        self.database = database
        self.directory = directory
        self.isServed = isServed
    }

    /// Its connections would be many by the last of a thousand tests.
    deinit {
        guard isServed else { return }
        Task { [database] in try? await database.close() }
    }

    package static func open(
        schemas: [Schema] = [], on engine: Engine = .chosen, clock: any WallClock = ManualClock(), logger: Logger = .silent
    ) async throws -> TemporaryDatabase {
        let directory = try TemporaryDirectory()
        let database: any HouseDatabase
        switch engine {
        case .file: database = try SQLiteDatabase.open(directory: directory.path, logger: logger)
        case .server: database = try await serverDatabase(logger: logger)
        }
        try await Migrator(schemas: schemas, logger: logger, clock: clock, version: "test").migrate(database)
        return TemporaryDatabase(database: database, directory: directory, isServed: engine == .server)
    }

    private static func serverDatabase(logger: Logger) async throws -> any HouseDatabase {
        #if MySQL
            let server = try MariaDBServer.shared()
            var configuration = MySQLConfiguration(
                host: "127.0.0.1", port: server.port, user: MariaDBServer.user, password: Secret(MariaDBServer.password),
                database: try server.makeDatabase(), tls: .off)
            configuration.readers = 2
            return try await MySQLDatabase.open(configuration, logger: logger)
        #else
            throw MariaDBServer.Failure(description: "built without MySQL")
        #endif
    }
}
