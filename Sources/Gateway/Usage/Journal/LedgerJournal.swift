import Dispatch
package import Logging
import Synchronization

/// The write-ahead part of the ledger: what was appended is in the file's pages when the call returns, so that `kill -9` takes nothing of it.
///
/// An append is a bounds check and a copy into mapped memory under a lock: no system call, no await. Everything slow (making files, waiting for
/// the disk) happens on a queue of its own. The reasons are in docs/decisions/0010-ledger-journal.md.
package final class LedgerJournal: Sendable {
    /// Sizes, in bytes where nothing else is said.
    package struct Limits: Sendable {
        /// Of one file.
        package var segment = 16 << 20
        /// How many files may wait for the database before new requests are refused.
        package var segments = 64

        package init(segment: Int = 16 << 20, segments: Int = 64) {
            self.segment = max(64 << 10, segment)
            self.segments = max(2, segments)
        }
    }

    /// What a record does to the number of open requests, which decides what it may take of the room.
    enum Step {
        case opens, goesOn, closes
        /// Nothing is lost when it can't be booked.
        case mayWait
    }

    /// For a process that only ends what it has begun: 16 GB of records.
    static let predecessorSegments: UInt64 = 1_000

    /// Kept free for each open request: the records of its life (three attempts and the closing, all texts at their longest) come to 1,900.
    static let reserve = 2_048

    let folder: JournalFolder
    let limits: Limits
    /// The first segment of this run: what is before it was left by earlier ones.
    let firstSegment: UInt64
    let logger: Logger
    let state: Mutex<JournalState>
    let queue = DispatchQueue(label: "ledger.journal")

    /// Begins a new segment; those of earlier runs are left alone.
    /// - Parameters:
    ///   - last: the highest segment that the database has heard of.
    ///   - gap: numbers left out behind all that there are, for another process that may still make segments.
    /// - Throws: `LedgerError.cannotOpen`, as on a full disk.
    package init(path: String, after last: UInt64 = 0, gap: UInt64 = 0, limits: Limits = Limits(), logger: Logger) throws(LedgerError) {
        folder = try JournalFolder(path)
        let number = max(last, try folder.segments().last ?? 0) + gap + 1
        let first = try JournalSegment(making: number, size: limits.segment, in: folder)
        firstSegment = number
        state = Mutex(JournalState(first))
        self.limits = limits
        self.logger = logger
        prepare()
    }

    /// - Throws: `LedgerError.full`; nothing is written then.
    func append(_ record: LedgerRecord, _ step: Step) throws(LedgerError) {
        let outcome = withUnsafeTemporaryAllocation(byteCount: JournalFrame.longestPayload, alignment: 8) { room in
            var writer = JournalWriter(room)
            writer.put(record)
            guard !writer.isOverfull else { return JournalState.Outcome.refused("the record is too long") }
            let hash = XXH64.hash(writer.written)
            return state.withLock { $0.append(writer.written, kind: record.kind, hash: hash, step) }
        }
        switch outcome {
        case .written: break
        case .turned: prepare()
        case .refused(let reason): throw LedgerError.full(reason: reason)
        }
    }
}
