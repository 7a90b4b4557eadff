import Host

/// Who holds a database's write lock.
enum KernelLocks {
    /// SQLite's lock byte for the one writer in the log's index (sqlite.org/walformat.html#wal_locks), and in the file itself from PENDING_BYTE on.
    private static let writerBytes: Set<Int> = [120]
    private static let pendingByte = 0x4000_0000

    static func holders(of paths: [String]) -> [Int32] {
        holders(among: KernelLock.all(), of: Set(paths.compactMap { FileFacts($0)?.number }))
    }

    static func holders(among locks: [KernelLock], of files: Set<UInt64>) -> [Int32] {
        locks.filter { lock in
            lock.kind != .flock && lock.isExclusive && lock.holder > 0 && files.contains(lock.file)
                && (writerBytes.contains(lock.start) || lock.start >= pendingByte)
        }.map(\.holder)
    }
}
