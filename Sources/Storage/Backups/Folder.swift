#if canImport(Glibc)
    import Glibc
#endif

/// What is done with folders beside the database.
enum Folder {
    /// The names in it, sorted, without `.` and `..`; empty when it can't be read.
    static func names(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Bytes of a file; nil when there is none.
    static func size(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// Milliseconds since 1970 of the last write to a file; nil when there is none.
    static func lastWrite(_ path: String) -> Int64? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Int64(status.st_mtim.tv_sec) * 1_000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
    }

    /// Bytes that this user may still write below `path`; nil when it can't be told.
    static func free(_ path: String) -> Int64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int64(clamping: status.f_bavail) &* Int64(clamping: status.f_frsize)
    }

    /// Puts names on disk: a file that was made or renamed here survives a power cut.
    static func sync(_ path: String) throws(BackupError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last(path) }
    }

    /// Deletes a folder with what is in it, three levels deep at most. What can't be deleted stays.
    static func remove(_ path: String, depth: Int = 3) {
        guard depth > 0 else { return }
        for name in names(path) {
            let inner = path + "/" + name
            if unlink(inner) != 0 { remove(inner, depth: depth - 1) }
        }
        rmdir(path)
    }

    static func rename(_ path: String, to other: String) throws(BackupError) {
        guard Glibc.rename(path, other) == 0 else { throw .last(path) }
    }

    /// The user whom `path` belongs to; nil when it can't be told.
    static func owner(_ path: String) -> uid_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_uid : nil
    }
}
