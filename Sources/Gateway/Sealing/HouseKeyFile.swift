import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// The file that holds the house's key: 32 bytes, for the server's user alone.
struct HouseKeyFile {
    let path: String

    init(directory: String) {
        path = directory + "/house.key"
    }

    /// Nil when there is no file.
    func read() throws(HouseKeyFault) -> Secret<[UInt8]>? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw lastError()
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw lastError() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path: path, reason: "not a file") }
        guard status.st_mode & 0o077 == 0 else { throw .filePermissions(path: path) }
        guard status.st_size == HouseKey.length else { throw .fileLength(path: path) }
        return Secret(try bytes(of: file))
    }

    /// Makes the file, whole and on disk or not at all: a half-written key after a crash would seal what nothing opens again.
    ///
    /// The data directory is locked for one process, so that nobody else makes it at the same time.
    func make(_ key: Secret<[UInt8]>) throws(HouseKeyFault) {
        let draft = path + ".new"
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw lastError() }
        defer { close(file) }
        let bytes = key.reveal()
        guard Glibc.write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else { throw lastError() }
        // A second name rather than a rename: it fails when the file is there already, whoever made it.
        guard link(draft, path) == 0 || renamed(draft) else { throw lastError() }
        unlink(draft)
        try syncDirectory()
    }

    /// For file systems without hard links.
    private func renamed(_ draft: String) -> Bool {
        guard errno == EPERM || errno == EOPNOTSUPP, access(path, F_OK) != 0 else { return false }
        return rename(draft, path) == 0
    }

    private func bytes(of file: CInt) throws(HouseKeyFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: HouseKey.length)
        guard Glibc.read(file, &bytes, bytes.count) == bytes.count else { throw lastError() }
        return bytes
    }

    private func syncDirectory() throws(HouseKeyFault) {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw lastError() }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw lastError() }
    }

    private func lastError() -> HouseKeyFault {
        .file(path: path, reason: String(cString: strerror(errno)))
    }
}
