import Synchronization
package import Vocabulary

/// One open request in the ledger.
///
/// It is closed once: later calls of `close` change nothing, and one that is forgotten is closed as failed when its last holder lets go, so
/// that no fault elsewhere leaves requests open until the next start.
package final class LedgerEntry: Sendable {
    package let id: ULID
    private let journal: LedgerJournal
    private let clock: any WallClock
    private let isClosed = Atomic(false)

    init(_ id: ULID, journal: LedgerJournal, clock: any WallClock) {
        self.id = id
        self.journal = journal
        self.clock = clock
    }

    deinit {
        close(RequestClosing(status: .failed, httpStatus: nil, code: "gateway.abandoned", attempts: 0, durationMilliseconds: 0))
    }

    /// Books a try of a node; call it before the first byte goes there, and send nothing when it throws.
    /// - Throws: `LedgerError.full`.
    package func openAttempt(_ attempt: AttemptOpening) throws(LedgerError) {
        try journal.append(.attemptOpened(id, attempt, at: clock.now()), .goesOn)
    }

    /// Books how a try ended.
    package func endAttempt(_ ending: AttemptEnding) {
        // Room was kept for it when the request was opened; the journal counts what is lost all the same.
        try? journal.append(.attemptEnded(id, ending), .goesOn)
    }

    /// Books how the request ended. Tries that have not ended by then are booked as abandoned.
    package func close(_ closing: RequestClosing) {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        try? journal.append(.closed(id, closing), .closes)
    }
}
