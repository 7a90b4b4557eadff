/// What a black box says. Total: whatever the bytes are, it reads what makes sense and leaves out the rest; texts come without control
/// characters, cut to their places' sizes.
package struct BlackBoxReader: Sendable {
    let bytes: [UInt8]

    /// - Parameter bytes: of the whole box, or of its beginning; nil when it is no black box of this version.
    package init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.count >= Layout.vitals, number(Layout.Head.magic) == Layout.magic, number(Layout.Head.version) == Layout.version else {
            return nil
        }
    }

    /// The worker's process.
    package var process: Int32 { Int32(truncatingIfNeeded: number(Layout.Head.process)) }
    /// When it took the box over, in ms since 1970.
    package var startedAt: Int64 { signed(Layout.Head.startedAt) }
    /// When the machine started, in ms since 1970 (±4 ms).
    package var bootedAt: Int64 { signed(Layout.Head.bootedAt) }
    package var build: String { text(Layout.Head.build, size: Layout.Head.buildSize) }

    /// A start stage and since when, in ms since 1970.
    package struct Stage: Sendable, Equatable {
        package let number: Int
        package let name: String
        package let since: Int64
    }

    /// Nil before the first one, and while it's written.
    package var stage: Stage? {
        guard isWhole(Layout.Stage.sequence) else { return nil }
        return Stage(
            number: Int(truncatingIfNeeded: number(Layout.Stage.number)), name: text(Layout.Stage.name, size: Layout.Stage.nameSize),
            since: signed(Layout.Stage.since))
    }

    /// A signal and its sender.
    package struct Signal: Sendable, Equatable {
        package let number: Int32
        /// `si_code`: 0 and less from a process, above from the kernel.
        package let code: Int32
        /// 0: the kernel, or a process that this container can't see.
        package let sender: Int32
        package let user: UInt32
        /// Empty: it could not be read any more.
        package let command: String
        /// In ms since 1970.
        package let at: Int64
    }

    /// The last signal that came; one that ends the process rather than a later other one.
    package var signal: Signal? {
        guard isWhole(Layout.Signal.sequence) else { return nil }
        return Signal(
            number: Int32(truncatingIfNeeded: number(Layout.Signal.number)), code: Int32(truncatingIfNeeded: number(Layout.Signal.code)),
            sender: Int32(truncatingIfNeeded: number(Layout.Signal.sender)),
            user: UInt32(truncatingIfNeeded: number(Layout.Signal.user)),
            command: text(Layout.Signal.command, size: Layout.Signal.commandSize), at: signed(Layout.Signal.at))
    }

    /// Something that must keep going.
    package struct Heartbeat: Sendable, Equatable {
        package let name: String
        package let beats: UInt64
        /// In ms of `Moment.steady`, the same clock in every process.
        package let last: Int64
        /// The kernel's number of its thread at the last beat; 0 before the first.
        package let thread: Int32
    }

    /// Those that are expected to beat; who may stand still is not here.
    package var heartbeats: [Heartbeat] {
        (0..<Layout.Beat.slots).compactMap { heartbeat(slot: $0) }
    }

    func heartbeat(slot: Int) -> Heartbeat? {
        let offset = Layout.Beat.offset + slot * Layout.Beat.size
        guard number(offset + Layout.Beat.state) == BeatState.alive else { return nil }
        return Heartbeat(
            name: text(offset + Layout.Beat.name, size: Layout.Beat.nameSize), beats: number(offset + Layout.Beat.count),
            last: signed(offset + Layout.Beat.last), thread: Int32(truncatingIfNeeded: number(offset + Layout.Beat.thread)))
    }

    /// What was counted, by name.
    package var counters: [(name: String, value: UInt64)] {
        (0..<Layout.Count.slots).compactMap { counter(slot: $0) }
    }

    func counter(slot: Int) -> (name: String, value: UInt64)? {
        let offset = Layout.Count.offset + slot * Layout.Count.size
        guard number(offset + Layout.Count.state) == 1 else { return nil }
        return (text(offset + Layout.Count.name, size: Layout.Count.nameSize), number(offset + Layout.Count.value))
    }
}

// Bytes. Offsets beyond the end read as zeros.
extension BlackBoxReader {
    func number(_ offset: Int) -> UInt64 {
        guard offset >= 0, offset + 8 <= bytes.count else { return 0 }
        return bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
    }

    func signed(_ offset: Int) -> Int64 { Int64(bitPattern: number(offset)) }

    /// Up to the first zero; control characters and marks of direction are left out: it goes to terminals.
    func text(_ offset: Int, size: Int) -> String {
        guard offset >= 0, size >= 0, offset + size <= bytes.count else { return "" }
        let part = bytes[offset..<offset + size]
        return CleanText.make(part.prefix { $0 != 0 })
    }

    /// Written at least once, and not being written.
    private func isWhole(_ sequence: Int) -> Bool {
        let found = number(sequence)
        return found != 0 && found & 1 == 0
    }
}

enum CleanText {
    static func make(_ bytes: ArraySlice<UInt8>) -> String {
        if bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) { return String(decoding: bytes, as: UTF8.self) }
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
        return String(String.UnicodeScalarView(scalars.map { isHarmless($0) ? $0 : "\u{FFFD}" }))
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F: true
        case ..<0xA0, 0x2028, 0x2029, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: false
        default: true
        }
    }
}
