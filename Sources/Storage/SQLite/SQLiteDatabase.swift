import Dispatch
import GRDB
import Logging

/// The embedded database: one file in the data directory, one writer with group commit, a pool of readers.
///
/// Durable means: a write that returned is on disk (`synchronous=FULL`), whatever happens to the process or the machine afterwards.
package final class SQLiteDatabase: Database {
    /// The file itself.
    package let path: String
    /// The folder that it lies in.
    package var directory: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }
    private let pool: DatabasePool
    private let lock: DirectoryLock
    private let queue = WriteQueue()
    let logger: Logger
    package let figures = StorageFigures()
    private let diskFailed: (@Sendable (StorageError) -> Void)?

    init(path: String, pool: DatabasePool, lock: DirectoryLock, logger: Logger, diskFailed: (@Sendable (StorageError) -> Void)?) {
        self.path = path
        self.pool = pool
        self.lock = lock
        self.logger = logger
        self.diskFailed = diskFailed
    }

    package func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        guard !queue.isClosed else { throw StorageError.closed }
        return try await withCheckedThrowingContinuation { continuation in
            pool.asyncRead { access in
                continuation.resume(with: Result { try Self.use(try access.get(), body) })
            }
        }
    }

    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value, committed: (@Sendable (Value) -> Void)?
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { add(WriteJob(body, committed: committed, answering: $0)) }
    }

    /// Takes no more work, finishes what was accepted, moves the log into the main file and lets go of the directory.
    package func close() async throws {
        guard !queue.isClosed else { return }
        await withCheckedContinuation { continuation in
            queue.close { continuation.resume() }
        }
        let left = try await onWriter { try $0.row("PRAGMA wal_checkpoint(TRUNCATE)", [])?.get(1, as: Int.self) }
        try await onOtherThread { try $0.close() }
        lock.release()
        logger.info("storage closed", metadata: ["path": "\(path)", "log.pages": "\(left ?? 0)"])
    }

    /// Has the writer do a small errand in its turn, outside of any transaction: who is stuck there never comes to it.
    package func visitWriter(_ errand: @escaping @Sendable () -> Void) {
        guard !queue.isClosed else { return }
        pool.asyncWriteWithoutTransaction { _ in errand() }
    }

    /// How many writes wait for the writer's next round.
    package var waitingWrites: Int { queue.count }

    /// Runs `body` alone on the writer, outside any transaction and in turn with the batches.
    func onWriter<Value: Sendable>(_ body: @escaping @Sendable (SQLiteConnection) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            pool.asyncWriteWithoutTransaction { database in
                continuation.resume(with: Result { try Self.use(database, body) })
            }
        }
    }

    /// For what blocks longer than a task's thread may be blocked.
    func onOtherThread<Value: Sendable>(_ body: @escaping @Sendable (DatabasePool) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { [pool] in
                continuation.resume(with: Result { try body(pool) })
            }
        }
    }

    private func add(_ job: WriteJob) {
        do {
            if try queue.add(job) { startRound() }
        } catch {
            job.fail(error)
        }
    }

    private func startRound() {
        pool.asyncWriteWithoutTransaction { [self] database in runRound(database) }
    }

    /// One batch per visit to the writer's queue, so that a backup or a close gets its turn under load.
    private func runRound(_ database: GRDB.Database) {
        let jobs = queue.take(WriteBatch.mostJobs)
        var left: ArraySlice<WriteJob> = []
        do {
            let began = ContinuousClock.now
            let outcome = try Self.use(database) { WriteBatch.run(jobs, on: $0) }
            left = outcome.rest
            if outcome.failure == nil { figures.committed(writes: jobs.count - left.count, in: .now - began) }
            if let failure = outcome.failure {
                figures.failed()
                logger.error(
                    "a batch of writes failed, nothing of it is stored", metadata: ["reason": "\(failure)", "code": "\(failure.code)"])
                if failure.isOfDisk { left = breakOff(failure, left) }
            }
        } catch {
            for job in jobs { job.fail(error) }
        }
        if queue.roundEnded(leaving: left) { startRound() }
    }

    private func breakOff(_ failure: StorageError, _ left: ArraySlice<WriteJob>) -> ArraySlice<WriteJob> {
        for job in left { job.fail(failure) }
        if queue.breakOff(failure) { diskFailed?(failure) }
        return []
    }

    private static func use<Value>(_ database: GRDB.Database, _ body: (SQLiteConnection) throws -> Value) throws -> Value {
        let connection = try SQLiteConnection(database)
        defer { connection.end() }
        return try body(connection)
    }
}
