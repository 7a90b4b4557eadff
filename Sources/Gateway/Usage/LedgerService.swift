package import Logging
package import Routing
import ServiceLifecycle
package import Storage
import Vocabulary

/// What the ledger does as long as the process lives: moves the journal into the database, puts it on disk, forgets old details.
package struct LedgerService: Service, CustomStringConvertible {
    /// Between two moves.
    static let movePeriod = Duration.milliseconds(200)
    /// Between two waits for the disk: what a power cut may take of what only the journal has.
    static let syncPeriod = Duration.milliseconds(250)
    static let forgetPeriod = Duration.seconds(3_600)

    private let ledger: Ledger
    private let mover: LedgerMover
    private let database: any Database
    private let historyDays: @Sendable () -> Int
    private let isOnDuty: @Sendable () -> Bool
    private let logger: Logger

    /// As the log of services names it.
    package var description: String { "ledger" }

    /// - Parameters:
    ///   - historyDays: how long single requests are kept; asked each time, so that a change counts at once.
    ///   - isOnDuty: whether this instance is the one that forgets for all.
    ///   - sharesMoney: whether other instances have to know what a key spends.
    package init(
        _ ledger: Ledger, database: any Database, pricing: any UsagePricing, historyDays: @escaping @Sendable () -> Int,
        isOnDuty: @escaping @Sendable () -> Bool = { true }, sharesMoney: @escaping @Sendable (KeyID) -> Bool = { _ in true },
        logger: Logger
    ) {
        self.ledger = ledger
        self.database = database
        self.historyDays = historyDays
        self.isOnDuty = isOnDuty
        self.logger = logger
        mover = LedgerMover(ledger: ledger, database: database, pricing: pricing, sharesMoney: sharesMoney, logger: logger)
    }

    /// Books what earlier runs left: what was open in them becomes `interrupted`. `run` does it too; before it, for those who need the
    /// figures from the first request on (budgets).
    /// - Throws: `StorageError`, `LedgerError`.
    package func recover() async throws {
        try await mover.move()
    }

    /// As `recover`, without what this run has written.
    /// - Throws: `StorageError`, `LedgerError`.
    func recoverEarlier() async throws {
        try await mover.recoverEarlier()
    }

    package func run() async throws {
        // Whoever writes into the ledger has ended by then: services end in the reverse order of their starts.
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await moveAlways() }
                group.addTask { while await pause(Self.syncPeriod) { await ledger.journal.sync() } }
                group.addTask { await forgetAlways() }
                await group.waitForAll()
            }
        }
        await move(isLast: true)
        await ledger.journal.sync()
    }

    private func moveAlways() async {
        repeat {
            await move(isLast: false)
            tell()
        } while await pause(Self.movePeriod)
    }

    /// Requests that found no room since the last line that said so.
    func tell() { ledger.tellFull() }

    private func move(isLast: Bool) async {
        let before = ledger.lag.trouble
        do {
            try await mover.move()
            if before != nil { logger.notice("the ledger reaches the database again") }
        } catch {
            // Five times a second would drown the log; the lag shows it all the time.
            guard isLast || before != "\(error)" else { return }
            logger.error(
                "the ledger can't be moved into the database; it stays in the journal and is tried again",
                metadata: ["error": "\(error)", "records": "\(ledger.lag.records)"])
        }
    }

    private func forgetAlways() async {
        while await pause(Self.forgetPeriod) {
            guard isOnDuty() else { continue }
            do {
                try await forget()
            } catch {
                logger.warning("old requests could not be forgotten; tried again in an hour", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Deletes the details of requests older than `historyDays`, in transactions short enough to let others through.
    func forget() async throws {
        let time = ledger.clock.now() - .seconds(max(1, historyDays()) * 86_400)
        while try await database.write({ try LedgerStore.forgetRequests(before: time, limit: 200, on: $0) }) == 200 {}
        while try await database.write({ try LedgerStore.forgetSpans(before: time, limit: 200, on: $0) }) == 200 {}
        while try await database.write({ try LedgerStore.forgetRefusals(before: time, limit: 200, on: $0) }) == 200 {}
    }

    /// False when the service is to end.
    private func pause(_ duration: Duration) async -> Bool {
        do {
            try await Task.sleep(for: duration)
            return true
        } catch {
            return false
        }
    }
}
