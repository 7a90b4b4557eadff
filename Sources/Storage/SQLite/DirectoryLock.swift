import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Keeps a second process out of a data directory: an flock, which the kernel lets go of however the holder ends.
///
/// Two servers on one file would each believe that they alone know what was written, and wake nobody for the other's messages.
package final class DirectoryLock: Sendable {
    private let descriptor: Mutex<CInt>

    /// - Throws: `StorageError.inUse`, which names the holder.
    package init(directory: String) throws {
        let path = directory + "/switchboard.lock"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DataDirectory.lastError(path) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            defer { close(file) }
            guard errno == EWOULDBLOCK else { throw DataDirectory.lastError(path) }
            throw StorageError.inUse(directory: directory, holder: DirectoryHolder.signed(on: file))
        }
        DirectoryHolder.sign(file)
        descriptor = Mutex(file)
    }

    deinit { release() }

    /// Lets the next process in.
    package func release() {
        descriptor.withLock { file in
            guard file >= 0 else { return }
            // By itself, not by closing: a child that is just being started has the descriptor too until it becomes another program.
            flock(file, LOCK_UN)
            close(file)
            file = -1
        }
    }
}
