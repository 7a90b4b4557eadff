import Synchronization

// The flight recorder.
extension BlackBoxWriter {
    /// Writes one record over the oldest.
    ///
    /// - Parameters:
    ///   - level: 0 trace, 1 debug, 2 info, 3 notice, 4 warning, 5 error, 6 critical.
    ///   - time: ms since 1970.
    ///   - write: puts its text together, of which the first 384 bytes are kept.
    package func record(level: UInt8, at time: Int64, _ write: (inout RecordText) -> Void) {
        let sequence = memory.word(Layout.Head.nextRecord).pointee.wrappingAdd(1, ordering: .relaxed).oldValue
        let slot = Layout.Ring.offset + Int(sequence % UInt64(Layout.Ring.slots)) * Layout.Ring.size
        let word = memory.word(slot + Layout.Ring.sequence)
        let found = word.pointee.load(ordering: .relaxed)
        // Another thread has been writing here since 4,096 records ago: this one is lost, that one stays whole.
        guard found & RingMark.writing == 0,
            word.pointee.compareExchange(expected: found, desired: RingMark.writing | (sequence &+ 1), ordering: .acquiringAndReleasing)
                .exchanged
        else { return lose() }
        memory.set(slot + Layout.Ring.seal, UInt64(0))
        atomicMemoryFence(ordering: .acquiringAndReleasing)
        var text = RecordText((memory.base + slot + Layout.Ring.text).assumingMemoryBound(to: UInt8.self))
        write(&text)
        memory.set(slot + Layout.Ring.at, time)
        memory.set(
            slot + Layout.Ring.facts, UInt64(level) | UInt64(text.count) << 8 | UInt64(UInt32(bitPattern: Self.thread)) << 32)
        memory.word(slot + Layout.Ring.seal).pointee.store(sequence &+ 1, ordering: .releasing)
        word.pointee.store(sequence &+ 1, ordering: .releasing)
    }

    @inline(never)
    private func lose() {
        add(1, to: .lostRecords)
    }
}

enum RingMark {
    static let writing: UInt64 = 1 << 63
}

/// The place for one record's text: takes what fits, cut at the border of a scalar, and nothing after that.
package struct RecordText {
    private let start: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var isFull = false

    init(_ start: UnsafeMutablePointer<UInt8>) {
        self.start = start
    }

    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    /// A byte of ASCII.
    package mutating func append(_ byte: UInt8) {
        guard !isFull, count < Layout.Ring.textSize else { return }
        start[count] = byte
        count += 1
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard !isFull, let from = bytes.baseAddress else { return }
        let taken = TextCut.length(of: bytes, fitting: Layout.Ring.textSize - count)
        (start + count).update(from: from, count: taken)
        count += taken
        isFull = taken < bytes.count
    }
}
