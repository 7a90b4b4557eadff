import Glibc

/// What is known of the disk under a path.
package struct DiskFacts: Sendable {
    package let free: Int64
    package let size: Int64
    package let freeFiles: Int64
    package let files: Int64
    package let isReadOnly: Bool
    /// As mount(8) names it, like `ext4`; empty: unknown.
    package let kind: String

    package init?(_ path: String) {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0, let whole = realpath(path, nil) else { return nil }
        defer { Glibc.free(whole) }
        let block = Int64(clamping: facts.f_frsize)
        free = Int64(clamping: facts.f_bavail) &* block
        size = Int64(clamping: facts.f_blocks) &* block
        freeFiles = Int64(clamping: facts.f_favail)
        files = Int64(clamping: facts.f_files)
        // ST_RDONLY of statvfs(3).
        isReadOnly = facts.f_flag & 1 != 0
        kind = Self.kind(of: String(cString: whole), in: ProcFile.text("/proc/self/mountinfo", limit: 4 * 1_024 * 1_024) ?? "") ?? ""
    }

    /// The file system of the deepest mount point above `path`, by lines like `36 35 98:0 / /mnt rw master:1 - ext4 /dev/sda1 rw`
    /// (proc_pid_mountinfo(5)).
    package static func kind(of path: String, in table: String) -> String? {
        var found: (point: String, kind: String)?
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 6, let dash = words.firstIndex(of: "-"), words.indices.contains(dash + 1) else { continue }
            let point = String(words[4])
            let isAbove = point == "/" || path == point || path.hasPrefix(point + "/")
            if isAbove, point.utf8.count >= found?.point.utf8.count ?? 0 { found = (point, String(words[dash + 1])) }
        }
        return found?.kind
    }

    /// Whether a database may lie there at all; nil: an ordinary disk.
    package var doubt: (name: String, isWrong: Bool)? {
        if kind.hasPrefix("nfs") || ["cifs", "smb3", "9p", "ceph"].contains(kind) { return (kind, true) }
        if ["overlay", "tmpfs", "ramfs"].contains(kind) || kind.hasPrefix("fuse") { return (kind, false) }
        return nil
    }
}
