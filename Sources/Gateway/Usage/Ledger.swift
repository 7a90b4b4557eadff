package import Logging
package import Storage
import Synchronization
package import Vocabulary

/// The book of all requests: what the dispatcher writes before and after it sends anything.
///
/// Every verb is synchronous and costs about a microsecond: it may be called from event loops. What was written survives `kill -9`;
/// `LedgerService` moves it into the database.
package final class Ledger: Sendable {
    /// How far the database is behind.
    package struct Lag: Hashable, Sendable {
        /// Records that are only in the journal.
        package var records: UInt64 = 0
        /// Files that hold them, the one that is being written included.
        package var segments = 1
        /// Why the last move failed, nil while all is well.
        package var trouble: String?
    }

    struct Progress {
        var moved: UInt64 = 0
        var trouble: String?
    }

    package let journal: LedgerJournal
    /// Nil in a house of one instance.
    let title: JournalID?
    /// Likewise: who writes this journal, and who had it before.
    let instance: InstanceID?
    let earlier: InstanceID?
    let clock: any WallClock
    private let refusals = Mutex(RefusalTally())
    private let full = Mutex(FullTally())
    let progress = Mutex(Progress())

    package init(
        journal: LedgerJournal, title: JournalID? = nil, instance: InstanceID? = nil, earlier: InstanceID? = nil, clock: any WallClock
    ) {
        self.journal = journal
        self.title = title
        self.instance = instance
        self.earlier = earlier
        self.clock = clock
    }

    /// Opens the journal in `folder` (`DATA_DIR/ledger`), behind all that `database` has heard of.
    /// - Parameters:
    ///   - gap: numbers of segments that another process may still use for itself.
    ///   - instance: where others write into the same database: this one. Nil: there is no other.
    /// - Throws: `LedgerError.cannotOpen`, `StorageError`.
    package static func open(
        folder: String, database: any Database, limits: LedgerJournal.Limits = LedgerJournal.Limits(), gap: UInt64 = 0,
        instance: InstanceID? = nil, clock: any WallClock, logger: Logger
    ) async throws -> Ledger {
        var (title, earlier): (JournalID?, InstanceID?)
        if let instance { (title, earlier) = try await claim(folder, of: instance, in: database, at: clock.now()) }
        let position = try await database.read { [title] in try LedgerStore.position(of: title, on: $0) }
        let journal = try LedgerJournal(path: folder, after: position?.segment ?? 0, gap: gap, limits: limits, logger: logger)
        return Ledger(journal: journal, title: title, instance: instance, earlier: earlier, clock: clock)
    }

    private static func claim(
        _ path: String, of instance: InstanceID, in database: any Database, at now: Timestamp
    ) async throws -> (JournalID, earlier: InstanceID?) {
        let folder = try JournalFolder(path)
        let title = try folder.title(at: now)
        let hasPast = try !folder.segments().isEmpty
        let earlier = try await database.write { try JournalStore.claim(title, for: instance, hasPast: hasPast, on: $0) }
        return (title, earlier)
    }

    /// Books a request, before anything is sent for it.
    /// - Throws: `LedgerError.full`: refuse the request.
    package func openRequest(_ opening: RequestOpening) throws(LedgerError) -> LedgerEntry {
        do {
            try journal.append(.opened(opening), .opens)
        } catch {
            full.withLock { $0.count(error) }
            tellFull()
            throw error
        }
        return LedgerEntry(opening.id, journal: journal, clock: clock)
    }

    /// Logs that requests found no room, with their number: one line in ten seconds at most. By whoever finds none, and by the service, for
    /// those behind the last line.
    func tellFull() {
        let now = clock.now()
        guard let (count, reason) = full.withLock({ $0.take(at: now) }) else { return }
        journal.logger.error(
            "requests are refused because the ledger can't book them", metadata: ["count": "\(count)", "reason": "\(reason)"])
    }

    /// Books a request that is refused before it was opened. Of one key, reason and minute the first ten get a row, the rest is counted, so
    /// that a flood of them fills neither the disk nor the lists.
    package func refuse(_ refusal: RequestRefusal) {
        let minute = refusal.id.time.floored(to: 60_000)
        let isListed = refusals.withLock { $0.list(refusal, in: minute) }
        guard isListed else { return }
        do {
            try journal.append(.refused(refusal), .mayWait)
        } catch {
            refusals.withLock { $0.count(refusal, in: minute) }
        }
    }

    /// Writes the counts of refusals that get no row; by the service, a few times a second.
    func writeRefusals() {
        for count in refusals.withLock({ $0.take(now: clock.now().floored(to: 60_000)) }) {
            do {
                try journal.append(.refusals(count), .mayWait)
            } catch {
                refusals.withLock { $0.add(count) }
            }
        }
    }

    /// Waits until the database has all that was booked before the call, but not longer than `patience`.
    func waitUntilMoved(patience: Duration) async {
        let wanted = journal.appended
        let deadline = ContinuousClock.now + patience
        while progress.withLock({ $0.moved }) < wanted, ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return }
        }
    }

    /// How far the database is behind.
    package var lag: Lag {
        let progress = progress.withLock { $0 }
        let appended = journal.appended
        return Lag(
            records: appended > progress.moved ? appended - progress.moved : 0, segments: journal.segmentCount, trouble: progress.trouble)
    }
}

extension ULID {
    /// The moment it names.
    package var time: Timestamp { Timestamp(milliseconds: Int64(high >> 16)) }
}

extension Timestamp {
    /// The last multiple of `period` milliseconds before or at it.
    func floored(to period: Int64) -> Timestamp {
        let rest = milliseconds % max(1, period)
        return Timestamp(milliseconds: milliseconds - rest - (rest < 0 ? period : 0))
    }
}
