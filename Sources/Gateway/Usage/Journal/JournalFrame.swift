/// How a record lies in a segment: 24 bytes of header, the payload, zeros up to the next multiple of 8.
///
/// word 0: payload length (32 bits), kind (8), version (8), mark (16) · word 1: sequence · word 2: check over payload, word 0, word 1 and the
/// segment's salt. Little-endian. A segment begins as zeros, so a word 0 of zero is "nothing written here yet".
///
/// Threat: a client whose model name holds the bytes of a record. Such bytes are looked at only where a disk lost what was before them, and
/// without the salt, which is random and never leaves the file, their check can't be made.
struct JournalFrame: Hashable {
    static let headerSize = 24
    static let version: UInt8 = 1
    /// A record is never longer: what a length beyond it says is garbage.
    static let longestPayload = 1_000
    private static let mark: UInt16 = 0x4C53

    let kind: UInt8
    /// Dense within its segment, from 1.
    let sequence: UInt64
    let length: Int

    /// How much room a payload of `length` bytes takes.
    static func size(of length: Int) -> Int { (headerSize + length + 7) & ~7 }

    var size: Int { Self.size(of: length) }

    /// Writes the record at the start of `room`, word 0 last: until it is there the place reads as unwritten.
    ///
    /// A process that is killed halfway leaves a record whose check fails or none; nobody was told that it was written.
    func write(_ payload: UnsafeRawBufferPointer, hash: UInt64, salt: UInt64, to room: UnsafeMutableRawBufferPointer) {
        guard room.count >= size, payload.count == length else { return }
        UnsafeMutableRawBufferPointer(rebasing: room[Self.headerSize...]).copyMemory(from: payload)
        room.storeBytes(of: sequence.littleEndian, toByteOffset: 8, as: UInt64.self)
        room.storeBytes(of: check(hash, salt: salt).littleEndian, toByteOffset: 16, as: UInt64.self)
        room.storeBytes(of: firstWord.littleEndian, toByteOffset: 0, as: UInt64.self)
    }

    private var firstWord: UInt64 {
        UInt64(UInt32(truncatingIfNeeded: length)) | UInt64(kind) << 32 | UInt64(Self.version) << 40 | UInt64(Self.mark) << 48
    }

    private func check(_ hash: UInt64, salt: UInt64) -> UInt64 {
        XXH64.avalanche(hash ^ XXH64.avalanche(firstWord) ^ XXH64.avalanche(sequence ^ salt))
    }
}

extension JournalFrame {
    /// What lies at one place of a segment.
    enum Found: Hashable {
        case record(JournalFrame)
        /// Zeros: nothing was written here.
        case unwritten
        /// The bytes that were given end within a record.
        case incomplete
        /// No record of this segment.
        case garbage
    }

    /// Reads what lies at `offset` of `bytes`, whatever it is.
    static func find(at offset: Int, in bytes: UnsafeRawBufferPointer, salt: UInt64) -> Found {
        guard offset >= 0, bytes.count - offset >= headerSize else { return .incomplete }
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        if word == 0 { return .unwritten }
        let length = Int(word & 0xFFFF_FFFF)
        guard word >> 48 == UInt64(mark), word >> 40 & 0xFF == UInt64(version), length <= longestPayload else { return .garbage }
        guard bytes.count - offset >= size(of: length) else { return .incomplete }
        let frame = JournalFrame(
            kind: UInt8(truncatingIfNeeded: word >> 32),
            sequence: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)), length: length)
        let check = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self))
        let hash = XXH64.hash(frame.payload(at: offset, in: bytes))
        return frame.check(hash, salt: salt) == check ? .record(frame) : .garbage
    }

    /// The bytes of a record that `find` found at `offset`.
    func payload(at offset: Int, in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let start = offset + Self.headerSize
        guard start >= 0, start + length <= bytes.count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
    }
}
