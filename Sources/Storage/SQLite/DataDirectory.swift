#if canImport(Glibc)
    import Glibc
#endif

/// Folders and files that only their owner may read.
package enum DataDirectory {
    /// Makes `path` and what is missing above it.
    /// - Throws: `StorageError.cannotOpen`.
    package static func make(_ path: String) throws {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw StorageError.cannotOpen(path: path, reason: "not a path") }
        if exists(path) { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try make(String(path[..<slash])) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw lastError(path) }
    }

    /// Makes an empty file unless there is one.
    static func makeFile(_ path: String) throws {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw lastError(path) }
        Glibc.close(descriptor)
    }

    /// Deletes a file; nothing happens when there is none.
    static func remove(_ path: String) {
        unlink(path)
    }

    /// What the system said of `path`.
    static func lastError(_ path: String) -> StorageError {
        .cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
