/// Where everything lies in the black box: 2 MiB that a worker writes and its supervisor reads, also when the worker is dead.
///
/// All numbers are little-endian 64-bit words at multiples of 8; texts are UTF-8, cut at the border of a scalar and filled up with zeros.
/// Who changes anything here raises `version`: a supervisor outlives its workers and may read those of the next release.
package enum Layout {
    /// Bytes of the whole.
    package static let size = 2 << 20
    /// "SBBX".
    static let magic: UInt64 = 0x5842_4253
    static let version: UInt64 = 1

    /// Who writes.
    enum Head {
        static let magic = 0
        static let version = 8
        static let process = 16
        /// When the machine started, in ms since 1970: what `steady` times count from.
        static let bootedAt = 24
        static let startedAt = 32
        /// Sequence of the next log record.
        static let nextRecord = 40
        static let build = 64
        static let buildSize = 64
    }

    /// How far the start has come. A sequence number that is odd while it's written, as with the signal.
    enum Stage {
        static let sequence = 128
        static let number = 136
        static let since = 144
        static let name = 152
        static let nameSize = 32
    }

    /// The last signal that asked for something, and who sent it.
    enum Signal {
        static let sequence = 256
        static let number = 264
        static let sender = 272
        static let user = 280
        static let code = 288
        static let at = 296
        static let command = 304
        static let commandSize = 256
    }

    /// What must keep going, a slot of 64 bytes each.
    enum Beat {
        static let offset = 4_096
        static let slots = 64
        static let size = 64
        static let state = 0
        static let count = 8
        static let last = 16
        static let thread = 24
        static let name = 32
        static let nameSize = 24
    }

    /// What is counted, a slot of 64 bytes each.
    enum Count {
        static let offset = 8_192
        static let slots = 64
        static let size = 64
        static let state = 0
        static let value = 8
        static let name = 16
        static let nameSize = 40
    }

    /// Inputs that are being handled, a slot of 64 bytes each.
    enum Flight {
        static let offset = 12_288
        static let slots = 1_024
        static let size = 64
        /// State, kind, generation, thread: see `FlightWord`.
        static let word = 0
        static let fingerprint = 8
        static let startedAt = 16
        static let bytes = 24
        static let id = 32
        static let idSize = 32
        /// Which slot is tried next, behind the table on a line of its own.
        static let ticket = offset + slots * size
    }

    /// The flight recorder: the last log records, a slot of 416 bytes each.
    enum Ring {
        static let offset = 81_920
        static let slots = 4_096
        static let size = 416
        /// Sequence of the record, plus 1; the top bit while it's written.
        static let sequence = 0
        static let at = 8
        /// Level in the lowest 8 bits, length of the text in the next 16, kernel's thread in the upper 32.
        static let facts = 16
        static let text = 24
        static let textSize = 384
        /// The sequence again: only when both agree is the record whole.
        static let seal = 408
    }

    /// The part before the in-flight table: what the watchdog reads twice a second.
    static let vitals = Flight.offset
}

/// The first word of a slot of the in-flight table.
struct FlightWord: Equatable {
    /// 0 free, 1 being written, 2 handled, 3 answered.
    var state: UInt8
    var kind: UInt8
    /// Tells the next user of the slot from this one.
    var generation: UInt16
    var thread: Int32

    var bits: UInt64 {
        UInt64(state) | UInt64(kind) << 8 | UInt64(generation) << 16 | UInt64(UInt32(bitPattern: thread)) << 32
    }
}

extension FlightWord {
    init(bits: UInt64) {
        state = UInt8(truncatingIfNeeded: bits)
        kind = UInt8(truncatingIfNeeded: bits >> 8)
        generation = UInt16(truncatingIfNeeded: bits >> 16)
        thread = Int32(bitPattern: UInt32(truncatingIfNeeded: bits >> 32))
    }
}
