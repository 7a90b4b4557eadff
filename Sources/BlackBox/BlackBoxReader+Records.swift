// The flight recorder and the in-flight table: only in a copy of the whole box.
extension BlackBoxReader {
    /// A log record.
    package struct Record: Sendable, Equatable {
        /// Counts up by one from record to record; a gap is a record that was lost or never finished.
        package let sequence: UInt64
        /// In ms since 1970.
        package let at: Int64
        /// 0 trace, 1 debug, 2 info, 3 notice, 4 warning, 5 error, 6 critical.
        package let level: Int
        /// The kernel's number of the thread that wrote it.
        package let thread: Int32
        /// Message, then `key=value`; cut where it was longer than 384 bytes.
        package let text: String

        /// As swift-log calls it.
        package var levelName: String {
            let names = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
            return names.indices.contains(level) ? names[level] : "unknown"
        }
    }

    /// The last records, the oldest first; half-written ones are left out.
    /// - Parameter limit: at most this many, the newest.
    package func records(newest limit: Int = 4_096) -> [Record] {
        let found = (0..<Layout.Ring.slots).compactMap { record(slot: $0) }.sorted { $0.sequence < $1.sequence }
        return Array(found.suffix(max(0, limit)))
    }

    func record(slot: Int) -> Record? {
        let offset = Layout.Ring.offset + slot * Layout.Ring.size
        let mark = number(offset + Layout.Ring.sequence)
        // What belongs elsewhere was never written by us.
        guard mark != 0, mark & RingMark.writing == 0, number(offset + Layout.Ring.seal) == mark,
            Int((mark - 1) % UInt64(Layout.Ring.slots)) == slot
        else { return nil }
        let facts = number(offset + Layout.Ring.facts)
        let length = Int(facts >> 8 & 0xFFFF)
        guard length <= Layout.Ring.textSize, offset + Layout.Ring.size <= bytes.count else { return nil }
        let start = offset + Layout.Ring.text
        return Record(
            sequence: mark - 1, at: signed(offset + Layout.Ring.at), level: Int(facts & 0xFF),
            thread: Int32(bitPattern: UInt32(facts >> 32)), text: CleanText.make(bytes[start..<start + length]))
    }

    /// An input that was being handled.
    package struct Input: Sendable, Equatable {
        package let kind: InputKind
        /// As in logs: a request's, or the socket's of a frame.
        package let id: String
        /// Of its body, as far as known when it came.
        package let bytes: Int64
        /// In ms since 1970.
        package let startedAt: Int64
        /// 0: none was taken.
        package let fingerprint: UInt64
        /// Our part was done: only bytes were going out. No suspect.
        package let isAnswered: Bool
        /// The kernel's number of the thread on which it came; it may have moved on since.
        package let thread: Int32
    }

    /// The oldest first.
    package var inFlight: [Input] {
        (0..<Layout.Flight.slots).compactMap { input(slot: $0) }.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
    }

    func input(slot: Int) -> Input? {
        let offset = Layout.Flight.offset + slot * Layout.Flight.size
        let word = FlightWord(bits: number(offset + Layout.Flight.word))
        guard UInt64(word.state) == FlightState.handled || UInt64(word.state) == FlightState.answered,
            let kind = InputKind(rawValue: word.kind)
        else { return nil }
        return Input(
            kind: kind, id: text(offset + Layout.Flight.id, size: Layout.Flight.idSize), bytes: signed(offset + Layout.Flight.bytes),
            startedAt: signed(offset + Layout.Flight.startedAt), fingerprint: number(offset + Layout.Flight.fingerprint),
            isAnswered: UInt64(word.state) == FlightState.answered, thread: word.thread)
    }
}
