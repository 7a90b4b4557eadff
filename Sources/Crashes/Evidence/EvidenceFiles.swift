import FoundationEssentials
import Glibc

/// An evidence folder, held open: what is read and written stays in this very folder, and links are not followed out of it.
struct EvidenceFiles: ~Copyable {
    /// The folder's name, which says when and who: `20261121-180211-4711`.
    let name: String
    private let descriptor: CInt

    init?(_ path: String) {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        self.name = name
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The file's first `limit` bytes; nil when there is no such plain file.
    func bytes(_ file: String, limit: Int) -> [UInt8]? {
        // A pipe without a writer would make this wait for ever.
        let opened = openat(descriptor, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard opened >= 0 else { return nil }
        defer { close(opened) }
        var facts = stat()
        guard fstat(opened, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        var gathered: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1_024)
        while gathered.count < limit {
            let count = Glibc.read(opened, &buffer, min(buffer.count, limit - gathered.count))
            guard count > 0 else { break }
            gathered += buffer.prefix(count)
        }
        return gathered
    }

    func text(_ file: String, limit: Int) -> String? {
        bytes(file, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes the file whole or not at all: what had the name stays until the new one is on the disk.
    func write(_ bytes: some Collection<UInt8>, to file: String) -> Bool {
        let temporary = ".\(file).new"
        let opened = openat(descriptor, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else { return false }
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(opened, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        let isWritten = rest.isEmpty && fsync(opened) == 0
        close(opened)
        guard isWritten, renameat(descriptor, temporary, descriptor, file) == 0 else {
            unlinkat(descriptor, temporary, 0)
            return false
        }
        return true
    }
}
