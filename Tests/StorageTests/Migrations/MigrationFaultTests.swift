import Storage
import Testing
import TestSupport
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A migration that is broken off", .serialized)
struct MigrationFaultTests {
    /// What an uninterrupted upgrade passes, and what it makes.
    private func uninterrupted() async throws -> (boundaries: Int, content: [String]) {
        let directory = try await MigrationRoom.make()
        let breaker = Breaker(at: 0) {}
        try await migrate(directory, breaker)
        return (breaker.boundaries.count, try MigrationRoom.content(directory.path))
    }

    private func migrate(_ directory: TemporaryDirectory, _ breaker: Breaker) async throws {
        let database = try SQLiteDatabase.open(directory: directory.path, logger: .silent)
        do {
            try await MigrationRoom.migrator(MigrationRoom.after, watch: breaker.pass).migrate(database)
            try await database.close()
        } catch {
            try await database.close()
            throw error
        }
    }

    @Test(
        "an error of the disk at every step leaves the old schema, and the next start makes the new one",
        arguments: [13, 10 | 3 << 8, 10 | 4 << 8])
    func diskErrors(_ code: Int) async throws {
        let (boundaries, new) = try await uninterrupted()
        #expect(boundaries == 1 + 2 * MigrationRoom.statements + MigrationRoom.upgrade.count + 2)
        let directory = try await MigrationRoom.make()
        let old = try MigrationRoom.content(directory.path)
        for number in 1..<boundaries {
            let breaker = Breaker(at: number) { throw StorageError.engine(code: Int32(code), message: "injected") }
            await #expect(throws: StorageError.engine(code: Int32(code), message: "injected")) { try await migrate(directory, breaker) }
            #expect(try MigrationRoom.content(directory.path) == old, "boundary \(number)")
        }
        try await migrate(directory, Breaker(at: 0) {})
        #expect(try MigrationRoom.content(directory.path) == new)
    }

    @Test("an error behind the commit is no failure: what is stored counts")
    func behindTheCommit() async throws {
        let (boundaries, new) = try await uninterrupted()
        let directory = try await MigrationRoom.make()
        try await migrate(directory, Breaker(at: boundaries) { throw StorageError.engine(code: 13, message: "injected") })
        #expect(try MigrationRoom.content(directory.path) == new)
    }

    @Test("killed with SIGKILL at every step there is the old schema or the new one, nothing between, and the next start makes the new one")
    func killed() async throws {
        let (boundaries, new) = try await uninterrupted()
        for number in 1...boundaries {
            let directory = try await MigrationRoom.make()
            let (path, old) = (directory.path, try MigrationRoom.content(directory.path))
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, number = number as Int] in
                let database = try SQLiteDatabase.open(directory: path, logger: .silent)
                let breaker = Breaker(at: number) { kill(getpid(), SIGKILL) }
                try await MigrationRoom.migrator(MigrationRoom.after, watch: breaker.pass).migrate(database)
            }
            #expect(try MigrationRoom.isWhole(path))
            #expect(try MigrationRoom.content(path) == (number == boundaries ? new : old), "boundary \(number)")
            try await migrate(directory, Breaker(at: 0) {})
            #expect(try MigrationRoom.content(path) == new, "boundary \(number)")
        }
    }
}
