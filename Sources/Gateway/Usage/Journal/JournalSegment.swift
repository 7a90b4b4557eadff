#if canImport(Glibc)
    import Glibc
#endif

/// One file of the journal that is being written: all its blocks taken from the disk first, then mapped into memory.
///
/// Threat: a write to a mapped page for which the disk has no block any more ends the process with SIGBUS; so a full disk has to show when the
/// file is made. (A file that somebody cuts short while it is mapped does the same; the folder lets in only its owner.)
final class JournalSegment: Sendable {
    let number: UInt64
    let salt: UInt64
    let size: Int
    /// For reading beside the mapping: Linux keeps both the same.
    let file: JournalFile
    // Written only under the journal's lock, each place once; read by nobody but msync.
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer

    /// Makes the file; it must not exist.
    /// - Throws: `LedgerError.cannotOpen`, nothing being left behind.
    init(making number: UInt64, size: Int, in folder: JournalFolder) throws(LedgerError) {
        let path = folder.path(of: number)
        file = try JournalFile(making: path, size: size)
        guard let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor, 0), base != MAP_FAILED else {
            let failure = LedgerError.lastError(path)
            unlink(path)
            throw failure
        }
        self.base = base
        self.number = number
        self.size = size
        salt = UInt64.random(in: .min ... .max)
        JournalHeader(segment: number, salt: salt).write(to: UnsafeMutableRawBufferPointer(start: base, count: size))
        folder.sync()
    }

    deinit { munmap(base, size) }

    /// The memory from `offset` on, for one record; empty when there are fewer than `count` bytes.
    func room(at offset: Int, count: Int) -> UnsafeMutableRawBufferPointer {
        guard offset >= JournalHeader.size, count >= 0, offset + count <= size else {
            return UnsafeMutableRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeMutableRawBufferPointer(start: base + offset, count: count)
    }

    /// Waits until the bytes of `range` are on disk. Blocks.
    /// - Returns: false when the disk refused.
    func sync(_ range: Range<Int>) -> Bool {
        let page = Int(sysconf(CInt(_SC_PAGESIZE)))
        let start = range.lowerBound / max(1, page) * max(1, page)
        guard start >= 0, range.upperBound <= size, start < range.upperBound else { return true }
        guard msync(base + start, range.upperBound - start, MS_SYNC) == 0 else { return false }
        // What is on disk need not be in this process's memory: it is written once and read through the file. The last page goes on. The
        // pages stay the kernel's, with what is in them; were they dirty again, they would be written all the same.
        let whole = range.upperBound / max(1, page) * max(1, page) - start
        if whole > 0 { madvise(base + start, whole, MADV_DONTNEED) }
        return true
    }
}

/// The first 32 bytes of a segment.
struct JournalHeader {
    static let size = 32
    private static let mark: UInt64 = 0x3152_4744_454C_4253  // "SBLEDGR1"

    let segment: UInt64
    /// Random: what the checks of the segment's records are made with.
    let salt: UInt64

    init(segment: UInt64, salt: UInt64) {
        self.segment = segment
        self.salt = salt
    }

    /// Nil when `bytes` do not begin a segment.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.size, Self.word(bytes, 0) == Self.mark else { return nil }
        segment = Self.word(bytes, 1)
        salt = Self.word(bytes, 2)
        guard Self.word(bytes, 3) == check else { return nil }
    }

    func write(to bytes: UnsafeMutableRawBufferPointer) {
        guard bytes.count >= Self.size else { return }
        for (index, word) in [Self.mark, segment, salt, check].enumerated() {
            bytes.storeBytes(of: word.littleEndian, toByteOffset: index * 8, as: UInt64.self)
        }
    }

    private var check: UInt64 { XXH64.avalanche(XXH64.avalanche(segment ^ Self.mark) ^ salt) }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
    }
}
