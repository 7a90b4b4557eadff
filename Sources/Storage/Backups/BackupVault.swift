package import Vocabulary

/// The backups of one data directory: each a folder `<time>-<reason>` with `switchboard.sqlite`, what belongs to it, and `manifest.json`.
///
/// Everything here blocks: see `QuietThread`. It works beside a running server, in its process or in another: the database is read by a
/// connection of its own.
package struct BackupVault: Sendable {
    static let databaseName = "switchboard.sqlite"
    static let manifestName = "manifest.json"
    static let draftPrefix = ".making-"

    package let directory: String
    /// Where the backups lie.
    package let folder: String
    let companions: [BackupCompanion]
    let clock: any WallClock
    let version: String

    /// - Parameters:
    ///   - directory: of the database.
    ///   - folder: nil for `backups/` in it.
    ///   - version: of the program, for the manifests.
    package init(
        directory: String, folder: String? = nil, companions: [BackupCompanion] = [], clock: any WallClock, version: String
    ) {
        self.directory = directory
        self.folder = folder ?? directory + "/backups"
        self.companions = companions
        self.clock = clock
        self.version = version
    }

    /// The verified ones, oldest first. What has no manifest, or one that this program can't read, is not among them.
    package func all() -> [VerifiedBackup] {
        Folder.names(folder).filter { !$0.hasPrefix(".") }
            .compactMap { name in BackupManifest.read("\(folder)/\(name)").map { VerifiedBackup(path: "\(folder)/\(name)", manifest: $0) } }
            .sorted { ($0.manifest.at, $0.name) < ($1.manifest.at, $1.name) }
    }

    /// The newest verified one, at or before `time` where one is given.
    package func newest(at time: Timestamp? = nil) -> VerifiedBackup? {
        all().last { backup in time.map { backup.manifest.at <= $0 } ?? true }
    }

    /// Deletes what the policy does not keep, and what broken-off runs left. The newest verified one always stays.
    /// - Returns: the names of what was deleted.
    @discardableResult
    package func prune(_ policy: BackupRetention) throws -> [String] {
        let lock = try FolderLock(folder)
        defer { lock.release() }
        let backups = all()
        let kept = policy.kept(backups.map { BackupRetention.Item(name: $0.name, at: $0.manifest.at, reason: $0.manifest.reason) })
        let gone = backups.filter { !kept.contains($0.name) }
        for backup in gone { Folder.remove(backup.path) }
        return gone.map(\.name)
    }

    /// Makes one: copies a snapshot, restores the copy for trial, compares every table with the snapshot, and only then gives it its name.
    /// - Parameter pause: called between pieces of the work; what it throws ends it without a trace.
    /// - Throws: `BackupError`, `StorageError`, or what `pause` throws.
    package func make(_ reason: BackupReason, pause: () throws -> Void = {}) throws -> VerifiedBackup {
        let source = "\(directory)/\(Self.databaseName)"
        guard let size = Folder.size(source), size > 0 else { throw BackupError.noDatabase(path: source) }
        try DataDirectory.make(folder)
        let lock = try FolderLock(folder)
        defer { lock.release() }
        removeDrafts()
        try checkRoom(for: size + (Folder.size(source + "-wal") ?? 0))
        let draft = "\(folder)/\(Self.draftPrefix)\(reason.name)"
        try DataDirectory.make(draft)
        do {
            return try finish(try fill(draft, from: source, reason: reason, pause: pause), draft: draft)
        } catch {
            Folder.remove(draft)
            throw error
        }
    }

    private func fill(_ draft: String, from source: String, reason: BackupReason, pause: () throws -> Void) throws -> BackupManifest {
        let watch = ContinuousClock()
        let start = watch.now
        let held = try HeldCompanions(companions, in: directory)
        let copy = "\(draft)/\(Self.databaseName)"
        let database = try SQLiteFile(source, .readOnly)
        var manifest = try database.snapshot {
            // Read first: the snapshot has begun, so nothing of it is younger than this.
            let now = clock.now()
            try DataDirectory.makeFile(copy)
            try Self.copy(database, to: copy, pause: pause)
            return try BackupManifest(reason: reason, at: now, version: version, of: database, pause: pause)
        }
        manifest.files = try held.copy(to: draft, pause: pause)
        manifest.files.insert(try trial(of: copy, against: manifest, pause: pause), at: 0)
        manifest.milliseconds = (watch.now - start).wholeMilliseconds
        return manifest
    }

    private static func copy(_ database: SQLiteFile, to path: String, pause: () throws -> Void) throws {
        let copy = try SQLiteFile(path, .readWrite)
        // It is put on disk as a whole by the trial's reader; until then it is nobody's.
        _ = try copy.row("PRAGMA synchronous = OFF", [])
        let file = try PlainFile(reading: path)
        var pieces = 0
        try database.copy(to: copy) {
            // Little by little: a gibibyte that has to reach the disk at once makes everybody's commits wait for it.
            pieces += 1
            if pieces.isMultiple(of: 16) { try file.sync() }
            try pause()
        }
        // The copy inherits the log mode of its source; a backup is one file.
        _ = try copy.row("PRAGMA journal_mode = DELETE", [])
    }

    /// Restores the copy beside itself and compares what comes out with what went in.
    private func trial(of copy: String, against manifest: BackupManifest, pause: () throws -> Void) throws -> BackupManifest.File {
        try PlainFile(reading: copy).sync()
        let restored = copy + ".trial"
        let file = try PlainFile(reading: copy).copy(to: restored, as: Self.databaseName, pause: pause)
        defer { DataDirectory.remove(restored) }
        try manifest.check(try SQLiteFile(restored, .readWrite), path: copy, pause: pause)
        return file
    }

    private func finish(_ manifest: BackupManifest, draft: String) throws -> VerifiedBackup {
        try manifest.write(to: "\(draft)/\(Self.manifestName)")
        for name in Set(manifest.files.map(\.path)).filter({ $0.contains("/") }).compactMap({ $0.split(separator: "/").first }) {
            try Folder.sync("\(draft)/\(name)")
        }
        try Folder.sync(draft)
        let base = manifest.time.filter { $0 != ":" } + "-" + manifest.reason.name
        let name = (1...).lazy.map { $0 == 1 ? base : "\(base)-\($0)" }.first { !Folder.exists("\(folder)/\($0)") } ?? base
        try Folder.rename(draft, to: "\(folder)/\(name)")
        try Folder.sync(folder)
        return VerifiedBackup(path: "\(folder)/\(name)", manifest: manifest)
    }

    /// The copy and its trial lie side by side.
    private func checkRoom(for size: Int64) throws {
        let logs = try companions.flatMap { companion -> [Int64] in
            guard case .log(let name, let suffix) = companion else { return [] }
            let files = Folder.names("\(directory)/\(name)").filter { $0.hasSuffix(suffix) }
            // One that goes between the two looks needs no room.
            return try files.compactMap { try (try? PlainFile(reading: "\(directory)/\(name)/\($0)"))?.used() }
        }
        let needed = size * 2 + logs.reduce(0, +) + (1 << 20)
        guard let free = Folder.free(folder), free < needed else { return }
        throw BackupError.noRoom(folder: folder, needed: needed, free: free)
    }

    /// What runs left that did not end: the lock says that there is no other.
    private func removeDrafts() {
        for name in Folder.names(folder) where name.hasPrefix(Self.draftPrefix) { Folder.remove("\(folder)/\(name)") }
    }
}
