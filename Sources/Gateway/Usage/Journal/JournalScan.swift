/// What was read of the journal in one go.
struct JournalChunk {
    var records: [(record: LedgerRecord, at: JournalPosition)] = []
    var findings: [JournalFinding] = []
    /// Where to go on.
    var cursor: JournalCursor
    /// Nothing follows in this segment, so far.
    var isAtEnd = false
}

/// Where a reader of the journal stands.
struct JournalCursor: Hashable {
    var position: JournalPosition
    /// Of the last record that was read in this segment; nil when the reader began in the middle.
    var sequence: UInt64?

    init(_ position: JournalPosition, sequence: UInt64? = nil) {
        self.position = position
        self.sequence = sequence
    }
}

/// Reads records out of one segment, whatever its bytes are.
struct JournalScan {
    /// Long enough for 1,000 records as they usually are; every record fits into one.
    static let windowSize = 128 << 10

    let file: JournalFile
    let segment: UInt64
    let salt: UInt64
    /// Where the segment's records end; bytes behind it are not looked at.
    let end: Int

    /// Up to `limit` records from `cursor` on. Where there is none it looks for the next one, so that one lost block costs what was in it only.
    /// - Throws: `LedgerError.cannotOpen` when the file can't be read.
    func read(from cursor: JournalCursor, limit: Int) throws(LedgerError) -> JournalChunk {
        var chunk = JournalChunk(cursor: cursor)
        var window = JournalWindow(scan: self)
        while chunk.records.count < limit {
            let offset = chunk.cursor.position.offset
            guard let place = try nextRecord(from: offset, window: &window, findings: &chunk.findings) else {
                chunk.isAtEnd = true
                chunk.cursor.position.offset = max(offset, end)
                break
            }
            take(place.frame, at: place.offset, window: window, into: &chunk)
        }
        return chunk
    }

    private func take(_ frame: JournalFrame, at offset: Int, window: JournalWindow, into chunk: inout JournalChunk) {
        let lost = chunk.cursor.sequence.map { frame.sequence != $0 &+ 1 } ?? (offset != chunk.cursor.position.offset)
        if lost { chunk.findings.append(JournalFinding(.gap, segment: segment, offset: chunk.cursor.position.offset)) }
        let next = JournalPosition(segment: segment, offset: offset + frame.size)
        chunk.cursor = JournalCursor(next, sequence: frame.sequence)
        do {
            chunk.records.append((try window.record(frame, at: offset), next))
        } catch {
            chunk.findings.append(JournalFinding(.unknownRecord, segment: segment, offset: offset))
        }
    }

    /// The first record at or after `start`; nil when there is none, with a finding when there were bytes of something else.
    private func nextRecord(
        from start: Int, window: inout JournalWindow, findings: inout [JournalFinding]
    ) throws(LedgerError) -> (frame: JournalFrame, offset: Int)? {
        var offset = start
        var isTorn = false
        while offset < end {
            switch try window.find(at: offset) {
            case .record(let frame): return (frame, offset)
            case .unwritten: offset = try window.firstNonZero(from: offset)
            case .garbage, .incomplete:
                isTorn = true
                offset += 8
            }
        }
        if isTorn { findings.append(JournalFinding(.tornTail, segment: segment, offset: start)) }
        return nil
    }
}

/// The part of a segment that is in memory.
struct JournalWindow {
    private let scan: JournalScan
    private var start = 0
    private var bytes: [UInt8] = []

    init(scan: JournalScan) {
        self.scan = scan
    }

    mutating func find(at offset: Int) throws(LedgerError) -> JournalFrame.Found {
        let found = look(at: offset)
        guard found == .incomplete, start + bytes.count < scan.end || start > offset else { return found }
        try load(from: offset)
        return look(at: offset)
    }

    /// The first multiple of 8 at or after `offset` with something else than zeros, or the segment's end.
    mutating func firstNonZero(from offset: Int) throws(LedgerError) -> Int {
        var offset = offset
        while offset < scan.end {
            if start > offset || offset + 8 > start + bytes.count { try load(from: offset) }
            let found = bytes.withUnsafeBytes { Self.firstNonZero(in: $0, from: offset - start) }
            guard found >= bytes.count / 8 * 8 else { return start + found }
            guard bytes.count >= 8 else { return scan.end }
            offset = start + bytes.count / 8 * 8
        }
        return scan.end
    }

    func record(_ frame: JournalFrame, at offset: Int) throws(JournalReader.Malformed) -> LedgerRecord {
        // Typed throws don't go through the closure.
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(JournalReader.Malformed) in
                try LedgerRecord(kind: frame.kind, payload: frame.payload(at: offset - start, in: bytes))
            }
        }
        return try result.get()
    }

    private func look(at offset: Int) -> JournalFrame.Found {
        guard offset >= start else { return .incomplete }
        return bytes.withUnsafeBytes { JournalFrame.find(at: offset - start, in: $0, salt: scan.salt) }
    }

    private mutating func load(from offset: Int) throws(LedgerError) {
        bytes = try scan.file.bytes(from: offset, count: min(JournalScan.windowSize, max(0, scan.end - offset)))
        start = offset
    }

    private static func firstNonZero(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var place = start
        while place + 8 <= bytes.count, bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) == 0 { place += 8 }
        return place
    }
}
