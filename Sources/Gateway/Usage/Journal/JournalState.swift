/// A segment of this run that the database has not all of yet.
struct LiveSegment {
    let number: UInt64
    let salt: UInt64
    let size: Int
    let file: JournalFile
    /// Nil once it is full and on disk.
    var mapping: JournalSegment?
    /// Behind its last record.
    var end = JournalHeader.size
    /// What is on disk for certain.
    var synced = 0

    init(_ segment: JournalSegment) {
        number = segment.number
        salt = segment.salt
        size = segment.size
        file = segment.file
        mapping = segment
    }

    var scan: JournalScan { JournalScan(file: file, segment: number, salt: salt, end: end) }
}

/// What the journal's lock guards.
struct JournalState {
    enum Outcome {
        case written
        /// Written into the segment that was prepared: another one is needed.
        case turned
        case refused(String)
    }

    /// The one that is being written.
    var current: LiveSegment
    /// Full ones, in order.
    var full: [LiveSegment] = []
    /// The next segment, ready to be written.
    var next: JournalSegment?
    var isPreparing = false
    /// Why there is no next segment.
    var trouble: String?
    /// The last wait for the disk ended well.
    var isDiskWell = true
    private var sequence: UInt64 = 0
    private(set) var openRequests = 0
    /// Records of this run.
    private(set) var appended: UInt64 = 0
    /// Records that found no room although they had to.
    private(set) var losses: UInt64 = 0

    init(_ first: JournalSegment) {
        current = LiveSegment(first)
    }

    mutating func append(_ payload: UnsafeRawBufferPointer, kind: UInt8, hash: UInt64, _ step: LedgerJournal.Step) -> Outcome {
        guard hasRoom(for: step) else { return .refused(trouble ?? Self.notReady) }
        let size = JournalFrame.size(of: payload.count)
        let turns = current.end + size > current.size
        guard !turns || turn(), let mapping = current.mapping else {
            losses += 1
            return .refused(trouble ?? Self.notReady)
        }
        sequence += 1
        JournalFrame(kind: kind, sequence: sequence, length: payload.count)
            .write(payload, hash: hash, salt: current.salt, to: mapping.room(at: current.end, count: size))
        current.end += size
        count(step)
        return turns ? .turned : .written
    }

    /// Notes that segment `number` is on disk up to `end`; a full one is only read from then on.
    mutating func synced(_ number: UInt64, to end: Int) {
        if current.number == number { current.synced = end }
        guard let index = full.firstIndex(where: { $0.number == number }) else { return }
        full[index].synced = end
        if end == full[index].end { full[index].mapping = nil }
    }

    private static let notReady = "the next segment is not ready yet"

    /// A request is let in only while all that are open can still be closed.
    private func hasRoom(for step: LedgerJournal.Step) -> Bool {
        switch step {
        case .goesOn, .closes: return true
        case .opens, .mayWait: break
        }
        // What doesn't fit at a segment's end is lost to it.
        let room = current.size - current.end + (next == nil ? 0 : current.size - JournalHeader.size - JournalFrame.longestPayload)
        return room >= (openRequests + 1) * LedgerJournal.reserve
    }

    /// Goes on in the segment that was prepared; false when there is none.
    private mutating func turn() -> Bool {
        guard let next else { return false }
        full.append(current)
        current = LiveSegment(next)
        self.next = nil
        sequence = 0
        return true
    }

    private mutating func count(_ step: LedgerJournal.Step) {
        appended &+= 1
        switch step {
        case .opens: openRequests += 1
        case .closes: openRequests = max(0, openRequests - 1)
        case .goesOn, .mayWait: break
        }
    }
}
