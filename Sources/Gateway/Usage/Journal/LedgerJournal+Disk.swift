import Dispatch
import Logging
import Synchronization

extension LedgerJournal {
    /// Makes the next segment, off the caller's thread, unless there is one or there are too many. Tried again by `sync`.
    func prepare() {
        let begins = state.withLock { state in
            guard state.next == nil, !state.isPreparing else { return false }
            guard state.full.count + 1 < limits.segments else {
                state.trouble = "the database is \(limits.segments) segments behind"
                return false
            }
            state.isPreparing = true
            return true
        }
        if begins { queue.async { [self] in prepared(number: nextNumber) } }
    }

    private var nextNumber: UInt64 {
        state.withLock { $0.current.number + 1 }
    }

    private func prepared(number: UInt64) {
        do {
            let segment = try JournalSegment(making: number, size: limits.segment, in: folder)
            let was = state.withLock { state -> String? in
                state.next = segment
                state.isPreparing = false
                defer { state.trouble = nil }
                return state.trouble
            }
            if was != nil { logger.notice("the ledger has room again", metadata: ["segment": "\(number)"]) }
        } catch {
            let reason = "\(error)"
            let was = state.withLock { state -> String? in
                state.isPreparing = false
                defer { state.trouble = reason }
                return state.trouble
            }
            guard was != reason else { return }
            logger.error("the ledger can't make its next segment; without it new requests are refused", metadata: ["reason": "\(reason)"])
        }
    }

    /// Puts on disk what was appended until now, and tries again to prepare the next segment when that failed.
    package func sync() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                syncNow()
                continuation.resume()
            }
        }
        prepare()
    }

    private func syncNow() {
        for segment in state.withLock({ $0.full + [$0.current] }) where segment.synced < segment.end {
            guard let mapping = segment.mapping else { continue }
            let isDone = mapping.sync(segment.synced..<segment.end)
            let wasDone = state.withLock { state in
                if isDone { state.synced(segment.number, to: segment.end) }
                defer { state.isDiskWell = isDone }
                return state.isDiskWell
            }
            // Told once, not four times a second.
            guard !isDone, wasDone else { continue }
            logger.error("the disk does not take the ledger's journal", metadata: ["segment": "\(segment.number)"])
        }
    }

    /// Deletes the segments of this run that are before `segment`. The one that is being written stays.
    func drop(before segment: UInt64) {
        let gone = state.withLock { state in
            let gone = state.full.prefix { $0.number < segment }.map(\.number)
            state.full.removeFirst(gone.count)
            return gone
        }
        guard !gone.isEmpty else { return }
        for number in gone { folder.remove(number) }
        prepare()
    }
}

extension LedgerJournal {
    /// Up to `limit` records of this run from `cursor` on.
    /// - Throws: `LedgerError.cannotOpen` when the file can't be read.
    func read(from cursor: JournalCursor, limit: Int) throws(LedgerError) -> JournalChunk {
        var cursor = cursor
        while true {
            let number = cursor.position.segment
            let (segment, following) = state.withLock { state in
                let live = state.full + [state.current]
                return (live.first { $0.number == number }, live.first { $0.number > number }?.number)
            }
            if let segment, cursor.position.offset < segment.end { return try segment.scan.read(from: cursor, limit: limit) }
            guard let following else { return JournalChunk(cursor: cursor, isAtEnd: true) }
            cursor = JournalCursor(.start(of: following), sequence: 0)
        }
    }

    /// How many records this run has appended.
    var appended: UInt64 { state.withLock { $0.appended } }

    /// How many records of open requests found no room. Anything but 0 is a fault of this program.
    package var losses: UInt64 { state.withLock { $0.losses } }

    /// How many files wait for the database, the one that is being written included.
    package var segmentCount: Int { state.withLock { $0.full.count + 1 } }

    /// How many requests are open.
    package var openRequests: Int { state.withLock { $0.openRequests } }

    /// Behind the last record.
    var end: JournalPosition {
        state.withLock { JournalPosition(segment: $0.current.number, offset: $0.current.end) }
    }
}
