#if canImport(Glibc)
    import Glibc
#endif

/// Keeps two processes from making or deleting backups in one folder at the same time.
struct FolderLock {
    private let descriptor: CInt

    /// - Throws: `BackupError.busy`, `disk`.
    init(_ folder: String) throws(BackupError) {
        let path = folder + "/.lock"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .last(path) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            defer { close(file) }
            throw errno == EWOULDBLOCK ? .busy(folder: folder) : .last(path)
        }
        descriptor = file
    }

    func release() {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
