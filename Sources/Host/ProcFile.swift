import Glibc

/// Files and folders that the kernel makes up while they are read, such as those under `/proc`: they have no size and may go at any moment.
package enum ProcFile {
    /// The file's bytes up to `limit`; nil when it can't be read.
    package static func bytes(_ path: String, limit: Int = 64 * 1_024) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 16 * 1_024))
        while bytes.count < limit {
            let count = read(descriptor, &chunk, min(chunk.count, limit - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes.append(contentsOf: chunk.prefix(count))
        }
        return bytes
    }

    /// The same as text; what is no UTF-8 becomes U+FFFD.
    package static func text(_ path: String, limit: Int = 64 * 1_024) -> String? {
        bytes(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }

    /// What a symbolic link names; nil when it is none or may not be read.
    package static func link(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.bindMemory(to: CChar.self).baseAddress.map { readlink(path, $0, bytes.count) } ?? -1
        }
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    /// The names in a folder that are numbers, such as processes, threads and descriptors, ascending; at most `limit`.
    package static func numbers(in folder: String, limit: Int = 65_536) -> [Int32] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var found: [Int32] = []
        while found.count < limit, let entry = readdir(directory) {
            if let number = number(of: entry) { found.append(number) }
        }
        return found.sorted()
    }

    private static func number(of entry: UnsafeMutablePointer<dirent>) -> Int32? {
        withUnsafeBytes(of: &entry.pointee.d_name) { name in
            guard let end = name.firstIndex(of: 0), (1...10).contains(end) else { return nil }
            return Int32(String(decoding: name.prefix(end), as: UTF8.self))
        }
    }
}
