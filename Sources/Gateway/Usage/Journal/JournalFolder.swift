#if canImport(Glibc)
    import Glibc
#endif

/// Where the journal's segments lie: `00000001.journal`, `00000002.journal` …
struct JournalFolder: Sendable {
    let path: String

    /// Makes the folder when it is missing; only its owner may enter.
    /// - Throws: `LedgerError.cannotOpen`.
    init(_ path: String) throws(LedgerError) {
        self.path = path
        guard !path.isEmpty, !path.utf8.contains(0) else { throw LedgerError.cannotOpen(path: path, reason: "not a path") }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw LedgerError.lastError(path) }
    }

    func path(of segment: UInt64) -> String {
        let digits = String(segment)
        return "\(path)/" + String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits + ".journal"
    }

    /// The segments that lie here, in order.
    /// - Throws: `LedgerError.cannotOpen`.
    func segments() throws(LedgerError) -> [UInt64] {
        guard let folder = opendir(path) else { throw LedgerError.lastError(path) }
        defer { closedir(folder) }
        var found: [UInt64] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if let number = Self.number(name) { found.append(number) }
        }
        return found.sorted()
    }

    /// False when it is still there.
    @discardableResult
    func remove(_ segment: UInt64) -> Bool {
        unlink(path(of: segment)) == 0 || errno == ENOENT
    }

    /// Renames a file that is no segment, so that it is read no more and people can look at it.
    func setAside(_ segment: UInt64) {
        rename(path(of: segment), path(of: segment) + ".damaged")
    }

    /// Puts the folder itself on disk, so that a new file survives a power cut.
    func sync() {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func number(_ name: String) -> UInt64? {
        guard name.hasSuffix(".journal"), name.utf8.count >= 16, name.utf8.dropLast(8).allSatisfy({ (0x30...0x39).contains($0) }),
            let number = UInt64(name.dropLast(8)), number > 0, number < 1 << 48
        else { return nil }
        return number
    }
}
