import Vocabulary

/// Fills a piece of memory with the fields of a record; what doesn't fit is noted, never written beyond.
struct JournalWriter {
    private let room: UnsafeMutableRawBufferPointer
    private(set) var count = 0
    /// A field did not fit: what was written is no record.
    private(set) var isOverfull = false

    init(_ room: UnsafeMutableRawBufferPointer) {
        self.room = room
    }

    var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: room[..<count]) }

    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        guard let place = advance(by: MemoryLayout<Number>.size) else { return }
        room.storeBytes(of: number.littleEndian, toByteOffset: place, as: Number.self)
    }

    mutating func put(_ id: ULID) {
        put(id.high)
        put(id.low)
    }

    mutating func put(_ id: ULID?) {
        put(UInt8(id == nil ? 0 : 1))
        if let id { put(id) }
    }

    mutating func put(_ number: Int64?) {
        put(UInt8(number == nil ? 0 : 1))
        if let number { put(number) }
    }

    /// At most `limit` bytes (below 255), cut between characters of UTF-8.
    mutating func put(_ text: String, limit: UInt8) {
        var text = text.cut(to: limit)
        text.withUTF8 { bytes in
            put(UInt8(truncatingIfNeeded: bytes.count))
            guard let place = advance(by: bytes.count), !bytes.isEmpty else { return }
            UnsafeMutableRawBufferPointer(rebasing: room[place..<place + bytes.count]).copyMemory(from: UnsafeRawBufferPointer(bytes))
        }
    }

    /// Nil is told from empty.
    mutating func put(_ text: String?, limit: UInt8) {
        guard let text else { return put(UInt8.max) }
        put(text, limit: limit)
    }

    private mutating func advance(by size: Int) -> Int? {
        guard room.count - count >= size else {
            isOverfull = true
            return nil
        }
        defer { count += size }
        return count
    }
}

/// Takes the fields of a record out of its payload, whatever the bytes are.
struct JournalReader {
    /// A field was missing, or held what it can't hold.
    struct Malformed: Error {}

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(Malformed) -> Number {
        let place = try advance(by: MemoryLayout<Number>.size)
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
    }

    mutating func ulid() throws(Malformed) -> ULID {
        let (high, low) = (try number(UInt64.self), try number(UInt64.self))
        return ULID(time: Timestamp(milliseconds: Int64(high >> 16)), randomness: (UInt16(truncatingIfNeeded: high), low))
    }

    mutating func optionalULID() throws(Malformed) -> ULID? {
        try flag() ? try ulid() : nil
    }

    mutating func optionalNumber() throws(Malformed) -> Int64? {
        try flag() ? try number() : nil
    }

    mutating func flag() throws(Malformed) -> Bool {
        switch try number(UInt8.self) {
        case 0: false
        case 1: true
        default: throw Malformed()
        }
    }

    mutating func text() throws(Malformed) -> String {
        guard let text = try optionalText() else { throw Malformed() }
        return text
    }

    mutating func optionalText() throws(Malformed) -> String? {
        let length = try number(UInt8.self)
        guard length < UInt8.max else { return nil }
        let start = try advance(by: Int(length))
        return String(decoding: bytes[start..<start + Int(length)], as: UTF8.self)
    }

    /// Nothing may follow the last field.
    func end() throws(Malformed) {
        guard position == bytes.count else { throw Malformed() }
    }

    private mutating func advance(by size: Int) throws(Malformed) -> Int {
        guard bytes.count - position >= size else { throw Malformed() }
        defer { position += size }
        return position
    }
}
