#if canImport(Glibc)
    import Glibc
#endif

/// An open file, closed with its last holder.
final class JournalFile: Sendable {
    let path: String
    let descriptor: CInt

    /// Makes a file of `size` zeros that has all its blocks.
    /// - Throws: `LedgerError.cannotOpen` when there is such a file or no room for it; nothing is left behind.
    init(making path: String, size: Int) throws(LedgerError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        self.path = path
        guard descriptor >= 0 else { throw LedgerError.lastError(path) }
        // Says what went wrong by its result, not by errno.
        let failure = posix_fallocate(descriptor, 0, off_t(size))
        guard failure == 0 else {
            unlink(path)
            throw LedgerError.cannotOpen(path: path, reason: String(cString: strerror(failure)))
        }
    }

    /// Opens one that exists, for reading.
    /// - Throws: `LedgerError.cannotOpen`.
    init(reading path: String) throws(LedgerError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        self.path = path
        guard descriptor >= 0 else { throw LedgerError.lastError(path) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// How many bytes the file has; 0 when that can't be told.
    var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Up to `count` bytes from `offset` on: fewer at the end of the file.
    ///
    /// Read, not mapped: a bad block of the disk is an error here and would be SIGBUS there.
    /// - Throws: `LedgerError.cannotOpen` with the system's words.
    func bytes(from offset: Int, count: Int) throws(LedgerError) -> [UInt8] {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, initialized in
            while initialized < buffer.count {
                let got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: initialized), buffer.count - initialized, off_t(offset + initialized))
                if got < 0, errno == EINTR { continue }
                failed = got < 0
                guard got > 0 else { break }
                initialized += got
            }
        }
        guard !failed else { throw LedgerError.lastError(path) }
        return bytes
    }
}

extension LedgerError {
    /// What the system said of `path`.
    static func lastError(_ path: String) -> LedgerError {
        .cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
}
