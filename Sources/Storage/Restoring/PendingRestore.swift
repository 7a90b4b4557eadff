import Logging

#if canImport(Glibc)
    import Glibc
#endif

/// The exchange of a data directory's files for restored ones, in steps that can each be the last before a `kill -9`.
///
/// What is to come lies ready in `.restoring/`. Once the file `commit` is there too (it names the folder for what was there before) the exchange
/// is decided: whoever opens the directory next finishes it first. Every step is a rename that is done or not done, and tells which.
struct PendingRestore {
    static let name = ".restoring"
    private static let commitName = "commit"

    let directory: String
    private var staging: String { "\(directory)/\(Self.name)" }

    init(directory: String) {
        self.directory = directory
    }

    /// An empty folder for what is to come; what an earlier run left, undecided, is deleted.
    func begin() throws -> String {
        Folder.remove(staging)
        try DataDirectory.make(staging)
        return staging
    }

    /// Decides it, for good.
    /// - Parameter aside: where what is there now goes, within the data directory.
    func commit(aside: String) throws(BackupError) {
        try Folder.sync(staging)
        let draft = "\(staging)/\(Self.commitName).new"
        let file = try PlainFile(making: draft)
        try file.write(Array(aside.utf8)[...])
        try file.sync()
        try Folder.rename(draft, to: "\(staging)/\(Self.commitName)")
        try Folder.sync(staging)
    }

    /// Finishes what was decided, and deletes what was not. The directory must be locked by this process.
    /// - Throws: `BackupError.disk`, `StorageError.cannotOpen`; another try goes on from there.
    func finish(_ logger: Logger? = nil) throws {
        guard let aside = try decided() else { return Folder.remove(staging) }
        try DataDirectory.make(aside)
        // The log belongs to the database that goes: it leaves first, while the staged database still tells that the exchange isn't done.
        for name in [BackupVault.databaseName + "-wal", BackupVault.databaseName + "-shm"]
        where Folder.exists("\(staging)/\(BackupVault.databaseName)") && Folder.exists("\(directory)/\(name)") {
            try Folder.rename("\(directory)/\(name)", to: "\(aside)/\(name)")
        }
        for name in Folder.names(staging).filter({ !$0.hasPrefix(Self.commitName) }).sorted(by: Self.order) {
            if Folder.exists("\(directory)/\(name)"), !Folder.exists("\(aside)/\(name)") {
                try Folder.rename("\(directory)/\(name)", to: "\(aside)/\(name)")
            }
            try Folder.rename("\(staging)/\(name)", to: "\(directory)/\(name)")
        }
        try Folder.sync(aside)
        try Folder.sync(directory)
        // Gone only where nothing was there before.
        rmdir(aside)
        rmdir("\(directory)/replaced")
        Folder.remove(staging)
        logger?.notice("a restored backup took the database's place", metadata: ["before": "\(aside)"])
    }

    /// The database last: while it is staged, everything else still has its chance.
    private static func order(_ one: String, _ other: String) -> Bool {
        (one == BackupVault.databaseName ? 1 : 0, one) < (other == BackupVault.databaseName ? 1 : 0, other)
    }

    private func decided() throws -> String? {
        let path = "\(staging)/\(Self.commitName)"
        guard Folder.exists(path) else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = try PlainFile(reading: path).read(into: &buffer) ?? 0
        let name = String(decoding: buffer.prefix(count), as: UTF8.self)
        guard name.hasPrefix("replaced/"), !name.dropFirst(9).contains("/"), !name.contains("..") else {
            throw BackupError.disk(
                path: path, reason: "it does not name a folder below replaced/; delete \(staging) to keep the present data")
        }
        return "\(directory)/\(name)"
    }
}
