import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Keeps a second process out of a data directory: an flock, which the kernel lets go of however the holder ends.
///
/// Two servers on one file would each believe that they alone know what was written, and wake nobody for the other's messages.
final class DirectoryLock: Sendable {
    private let descriptor: Mutex<CInt>

    /// - Throws: `StorageError.inUse`, which names the holder.
    init(directory: String) throws {
        let path = directory + "/switchboard.lock"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DataDirectory.lastError(path) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            defer { close(file) }
            guard errno == EWOULDBLOCK else { throw DataDirectory.lastError(path) }
            throw StorageError.inUse(directory: directory, process: Self.holder(file))
        }
        Self.sign(file)
        descriptor = Mutex(file)
    }

    deinit { release() }

    func release() {
        descriptor.withLock { file in
            guard file >= 0 else { return }
            close(file)
            file = -1
        }
    }

    /// For people and for `holder`; the lock itself is the kernel's.
    private static func sign(_ file: CInt) {
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(file, 0) == 0 else { return }
        _ = pwrite(file, text, text.count, 0)
    }

    /// The process that signed the file, when it still lives: one that has just taken the lock may not have signed yet.
    private static func holder(_ file: CInt) -> CInt? {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(file, &bytes, bytes.count, 0)
        guard count > 0, let process = CInt(String(decoding: bytes.prefix(count), as: UTF8.self).filter(\.isNumber)) else { return nil }
        return kill(process, 0) == 0 || errno == EPERM ? process : nil
    }
}
