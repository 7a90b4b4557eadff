/// Many callers' writes in one transaction: all of them wait for one fdatasync.
///
/// Each runs inside a savepoint, so that an error undoes only its own. Nothing is told to anyone before the commit's outcome is known: a
/// body that threw may have judged by rows of another body that then never came to be.
struct WriteBatch {
    /// Keeps the delay that a queue of slow writes adds to the first of them near the cost of one fdatasync.
    static let longest = Duration.milliseconds(5)
    static let mostJobs = 512

    private enum Ran {
        case landed(LandedWrite)
        case failed(any Error)
    }

    private let connection: SQLiteConnection
    private var ran: [(job: WriteJob, outcome: Ran)] = []

    private init(_ connection: SQLiteConnection) {
        self.connection = connection
    }

    /// Runs as many of `jobs` as fit into one batch and tells their callers.
    /// - Returns: the rest, and what failed the batch as a whole.
    static func run(_ jobs: ArraySlice<WriteJob>, on connection: SQLiteConnection) -> (rest: ArraySlice<WriteJob>, failure: StorageError?) {
        var batch = WriteBatch(connection)
        var rest = jobs
        do {
            try batch.begin()
            let clock = ContinuousClock()
            let end = clock.now + longest
            while let job = rest.popFirst() {
                try batch.run(job)
                if clock.now >= end { break }
            }
            try connection.execute("COMMIT", [])
        } catch {
            let failure = StorageError(engine: error)
            batch.abandon()
            // When not even BEGIN worked nobody should wait for the next try to fail: it took its time-out already.
            let failed = batch.ran.isEmpty ? Array(rest) : batch.ran.map(\.job)
            for job in failed { job.fail(failure) }
            return (batch.ran.isEmpty ? [] : rest, failure)
        }
        batch.tell()
        return (rest, nil)
    }

    private func begin() throws {
        // Left behind only when an earlier ROLLBACK failed too.
        if !connection.isOutsideTransaction { try connection.execute("ROLLBACK", []) }
        try connection.execute("BEGIN IMMEDIATE", [])
    }

    /// - Throws: when the engine gave up the whole transaction; `job` is then among those that ran.
    private mutating func run(_ job: WriteJob) throws {
        do {
            try connection.execute("SAVEPOINT job", [])
            connection.needsTransaction = true
            defer { connection.needsTransaction = false }
            let landed = try job.run(connection)
            if connection.hasDeferredViolation { throw StorageError.refused(constraint: "FOREIGN KEY") }
            // A body may have caught an error with which the engine gave up the transaction.
            try connection.execute("RELEASE job", [])
            ran.append((job, .landed(landed)))
        } catch {
            ran.append((job, .failed(error)))
            guard !connection.isOutsideTransaction else { throw error }
            try connection.execute("ROLLBACK TO job", [])
            try connection.execute("RELEASE job", [])
        }
    }

    private func abandon() {
        guard !connection.isOutsideTransaction else { return }
        _ = try? connection.execute("ROLLBACK", [])
    }

    private func tell() {
        for case (_, .landed(let write)) in ran { write.notify() }
        for (job, outcome) in ran {
            switch outcome {
            case .landed(let write): write.resume()
            case .failed(let error): job.fail(error)
            }
        }
    }
}
