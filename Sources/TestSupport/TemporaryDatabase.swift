package import Logging
package import Storage
package import Vocabulary

/// A fresh database in a folder of its own, with the tables of `schemas`.
package final class TemporaryDatabase: Sendable {
    package let database: SQLiteDatabase
    package let directory: TemporaryDirectory

    private init(database: SQLiteDatabase, directory: TemporaryDirectory) {
        self.database = database
        self.directory = directory
    }

    package static func open(
        schemas: [Schema] = [], clock: any WallClock = ManualClock(), logger: Logger = .silent
    ) async throws -> TemporaryDatabase {
        let directory = try TemporaryDirectory()
        let database = try SQLiteDatabase.open(directory: directory.path, logger: logger)
        try await Migrator(schemas: schemas, logger: logger, clock: clock, version: "test").migrate(database)
        return TemporaryDatabase(database: database, directory: directory)
    }
}
