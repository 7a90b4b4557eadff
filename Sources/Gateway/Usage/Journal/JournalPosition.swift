/// A place between two records.
package struct JournalPosition: Hashable, Sendable, Comparable {
    /// From 1.
    package var segment: UInt64
    /// Bytes from the start of the segment.
    package var offset: Int

    package init(segment: UInt64, offset: Int) {
        self.segment = segment
        self.offset = offset
    }

    /// Before the first record of `segment`.
    static func start(of segment: UInt64) -> JournalPosition {
        JournalPosition(segment: segment, offset: JournalHeader.size)
    }

    package static func < (left: JournalPosition, right: JournalPosition) -> Bool {
        (left.segment, left.offset) < (right.segment, right.offset)
    }
}

/// Something in the journal that is not as it was written, with a code that logs and tests compare.
package struct JournalFinding: Hashable, Sendable {
    /// What was found.
    package enum Kind: String, Sendable {
        /// The file does not begin as a segment with this number: nothing of it is read.
        case notASegment = "ledger.not_a_segment"
        /// The file can't be read at all, or not to its end.
        case unreadable = "ledger.unreadable"
        /// Bytes after the last record that are none: what the process was writing when it ended, or what a power cut left.
        case tornTail = "ledger.torn_tail"
        /// Bytes between two records that are none.
        case gap = "ledger.gap"
        /// A whole record that this program can't read; a newer release wrote it.
        case unknownRecord = "ledger.unknown_record"
        /// A record about a request that is not open: its opening was lost, or it was closed before.
        case orphan = "ledger.orphan"
        /// The database refuses what the record says.
        case refused = "ledger.refused"
    }

    package let kind: Kind
    package let segment: UInt64
    package let offset: Int

    package var code: String { kind.rawValue }

    init(_ kind: Kind, segment: UInt64, offset: Int) {
        self.kind = kind
        self.segment = segment
        self.offset = offset
    }
}
