import Host
package import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// Who works on a data directory, as it signed the lock's file.
package struct DirectoryHolder: Hashable, Sendable, Codable, CustomStringConvertible {
    package let process: Int32
    /// The machine's name; another than ours on a shared file system.
    package let host: String
    /// Its command line.
    package let command: String
    /// When it took the directory; nil when that can't be read.
    package let since: Timestamp?

    /// `process 4711 (switchboard serve, since 2026-11-21T08:00:00.000Z)`.
    package var description: String {
        let facts = [command, host.isEmpty || host == SystemText.host() ? "" : "on \(host)", since.map { "since \($0.rfc3339)" } ?? ""]
        let text = facts.filter { !$0.isEmpty }.joined(separator: ", ")
        return "process \(process)" + (text.isEmpty ? "" : " (\(text))")
    }

    /// Who works on `directory` now; nil when nobody does, or when it can't be told.
    package static func of(directory: String) -> DirectoryHolder? {
        let path = directory + "/switchboard.lock"
        guard isLocked(path) else { return nil }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return signed(on: file)
    }

    /// Asked of the kernel's list rather than by trying: whoever takes the directory at that moment would find it taken.
    private static func isLocked(_ path: String) -> Bool {
        guard let number = FileFacts(path)?.number else { return false }
        return KernelLock.all().contains { $0.kind == .flock && $0.file == number }
    }

    /// For people and for `signed`; the lock itself is the kernel's.
    static func sign(_ file: CInt) {
        let command = commandLine()
        let text = "\(getpid())\n\(SystemText.host())\n\(SystemClock().now().milliseconds)\n\(command)\n"
        let bytes = Array(text.utf8)
        guard ftruncate(file, 0) == 0 else { return }
        _ = pwrite(file, bytes, bytes.count, 0)
    }

    /// The process that signed the file, when it still lives: one that has just taken the lock may not have signed yet.
    static func signed(on file: CInt) -> DirectoryHolder? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = pread(file, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard let process = lines.first.flatMap({ Int32($0) }), process > 0 else { return nil }
        let host = lines.dropFirst().first.map(String.init) ?? ""
        // Of another machine nothing can be asked.
        guard !(host.isEmpty || host == SystemText.host()) || kill(process, 0) == 0 || errno == EPERM else { return nil }
        let since = lines.dropFirst(2).first.flatMap { Int64($0) }.map { Timestamp(milliseconds: $0) }
        return DirectoryHolder(process: process, host: host, command: lines.dropFirst(3).first.map(String.init) ?? "", since: since)
    }

    /// This process's own, without what a terminal would obey; nothing secret is ever in it.
    private static func commandLine() -> String {
        guard let bytes = ProcFile.bytes("/proc/self/cmdline", limit: 512) else { return "" }
        let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        let name = words.first.map { String($0.split(separator: "/").last ?? "") }
        return CommandText.clean(([name ?? ""] + words.dropFirst()).joined(separator: " "))
    }
}
