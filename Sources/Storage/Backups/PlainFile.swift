import Crypto

#if canImport(Glibc)
    import Glibc
#endif

/// An open file, closed with its last holder. Held open it can still be read after somebody took its name away.
final class PlainFile {
    let path: String
    private let descriptor: CInt

    /// Opens a file that exists, for reading.
    /// - Throws: `BackupError.disk`.
    init(reading path: String) throws(BackupError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        self.path = path
        guard descriptor >= 0 else { throw .last(path) }
    }

    /// Makes a file, which must not be there, for its owner alone.
    init(making path: String) throws(BackupError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        self.path = path
        guard descriptor >= 0 else { throw .last(path) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Nil at the end.
    func read(into buffer: inout [UInt8]) throws(BackupError) -> Int? {
        let room = buffer.count
        while true {
            let count = Glibc.read(descriptor, &buffer, room)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last(path) }
            return count == 0 ? nil : count
        }
    }

    /// Bytes up to the zeros at its end.
    func used() throws(BackupError) -> Int64 {
        var end = Folder.size(path) ?? 0
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while end > 0 {
            let start = max(0, end - Int64(buffer.count))
            let count = pread(descriptor, &buffer, Int(end - start), off_t(start))
            guard count >= 0 else { throw .last(path) }
            if let last = buffer.prefix(count).lastIndex(where: { $0 != 0 }) { return start + Int64(last) + 1 }
            end = start
        }
        return 0
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(BackupError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last(path) }
            rest = rest.dropFirst(count)
        }
    }

    /// Waits until it is on disk.
    func sync() throws(BackupError) {
        guard fsync(descriptor) == 0 else { throw .last(path) }
    }

    /// Copies the rest of this file to `target`, which is made and put on disk.
    /// - Parameters:
    ///   - trimming: leave out the zeros at the end; of no file that has a meaning for them.
    ///   - pause: called after each piece of 256 KiB; what it throws ends the copy.
    func copy(to target: String, as name: String, trimming: Bool = false, pause: () throws -> Void) throws -> BackupManifest.File {
        let made = try PlainFile(making: target)
        var (hash, bytes, zeros) = (SHA256(), Int64(0), 0)
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        func put(_ piece: ArraySlice<UInt8>) throws {
            hash.update(data: Array(piece))
            try made.write(piece)
            bytes += Int64(piece.count)
        }
        var pieces = 0
        while let count = try read(into: &buffer) {
            pieces += 1
            if pieces.isMultiple(of: 64) { try made.sync() }
            let piece = buffer.prefix(count)
            let kept = trimming ? piece.lastIndex { $0 != 0 }.map { piece[...$0] } ?? [] : piece
            if kept.isEmpty {
                zeros += count
            } else {
                for start in stride(from: 0, to: zeros, by: buffer.count) {
                    try put([UInt8](repeating: 0, count: min(buffer.count, zeros - start))[...])
                }
                try put(kept)
                zeros = count - kept.count
            }
            try pause()
        }
        try made.sync()
        return BackupManifest.File(path: name, bytes: bytes, sha256: Hexadecimal.write(hash.finalize()))
    }

    /// SHA-256 and length of a whole file.
    static func sum(of path: String, as name: String) throws -> BackupManifest.File {
        let file = try PlainFile(reading: path)
        var (hash, bytes) = (SHA256(), Int64(0))
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while let count = try file.read(into: &buffer) {
            hash.update(data: Array(buffer.prefix(count)))
            bytes += Int64(count)
        }
        return BackupManifest.File(path: name, bytes: bytes, sha256: Hexadecimal.write(hash.finalize()))
    }
}
