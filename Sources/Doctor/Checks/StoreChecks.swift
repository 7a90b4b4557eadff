import Glibc
import Host
import Storage

/// The data directory and its database.
enum StoreChecks {
    static let all = [present, writable, space, inodes, kind, opening, integrity, journal, log, lock, foreignLock]

    private static let present = Check("STORE-001", "the data directory", .critical) { subject in
        guard let facts = FileFacts(subject.dataDirectory) else {
            let reason = FileFacts.reason(subject.dataDirectory, F_OK) ?? "it is not there"
            guard reason.contains("No such file") else {
                return .fail("\(subject.dataDirectory) can't be looked at: \(reason)", [Finding.Remedy("ls -ld \(subject.dataDirectory)")])
            }
            return .warn(
                "\(subject.dataDirectory) does not exist yet: the first start makes it",
                [Finding.Remedy("switchboard serve, or DATA_DIR=<where the data is>")], ["directory": subject.dataDirectory])
        }
        guard facts.isFolder else { return .fail("\(subject.dataDirectory) is no folder", [Finding.Remedy("DATA_DIR=<a folder>")]) }
        return .well(["directory": subject.dataDirectory])
    }

    private static let writable = Check("STORE-002", "data that can be written", .critical) { subject in
        guard let facts = FileFacts(subject.dataDirectory) else { return .skip("no data directory") }
        let disk = DiskFacts(subject.dataDirectory)
        let evidence = ["owner": "\(facts.user)", "user": "\(ProcessChecks.user)", "mode": facts.modeText]
        if disk?.isReadOnly == true {
            return .fail(
                "the disk of \(subject.dataDirectory) is mounted read-only",
                [
                    Finding.Remedy(
                        "dmesg | tail; mount -o remount,rw …",
                        risk: "a disk that fails is mounted read-only by the kernel: look at dmesg first")
                ],
                evidence)
        }
        for path in [subject.dataDirectory, subject.databasePath] where FileFacts(path) != nil {
            guard let reason = FileFacts.reason(path, W_OK | R_OK) else { continue }
            return .fail(
                "\(path) can't be written by user \(ProcessChecks.user): \(reason)",
                [Finding.Remedy("chown -R <server's user> \(subject.dataDirectory)")], evidence)
        }
        // Root may write everything, so what root sees says nothing about the server's user.
        for path in [subject.dataDirectory, subject.databasePath] {
            guard let found = FileFacts(path), found.mode & 0o200 == 0 else { continue }
            return .fail("\(path) is read-only (\(found.modeText))", [Finding.Remedy("chmod u+w \(path)")], evidence)
        }
        return .well(evidence)
    }

    private static let space = Check("STORE-003", "room on the disk", .critical) { subject in
        guard let disk = DiskFacts(subject.dataDirectory) else { return .skip("no data directory") }
        let database = FileFacts(subject.databasePath)?.size ?? 0
        let evidence = ["free": Size.text(disk.free), "disk": Size.text(disk.size), "database": Size.text(database)]
        let remedies = [Finding.Remedy("df -h \(subject.dataDirectory)"), Finding.Remedy("make room, or move DATA_DIR to a larger disk")]
        // 64 MiB are what the write-ahead log, the ledger's journal and a checkpoint need in a busy minute.
        if disk.free < 64 << 20 {
            return .fail("only \(Size.text(disk.free)) are free: writes are refused when it is full", remedies, evidence)
        }
        if disk.free < max(512 << 20, database &* 2) {
            return .warn("\(Size.text(disk.free)) are free: too little for a backup and a migration's copy", remedies, evidence)
        }
        return .well(evidence)
    }

    private static let inodes = Check("STORE-004", "room for files", .critical) { subject in
        guard let disk = DiskFacts(subject.dataDirectory), disk.files > 0 else { return .skip("this file system has no fixed number") }
        let evidence = ["free": "\(disk.freeFiles)", "all": "\(disk.files)"]
        guard disk.freeFiles < 1_000 else { return .well(evidence) }
        return .fail("only \(disk.freeFiles) more files fit on the disk", [Finding.Remedy("df -i \(subject.dataDirectory)")], evidence)
    }

    private static let kind = Check("STORE-005", "a disk that keeps what it promises") { subject in
        guard let disk = DiskFacts(subject.dataDirectory) else { return .skip("no data directory") }
        guard let kind = disk.doubt else { return .well() }
        let remedy = [Finding.Remedy("DATA_DIR=<a folder on a local disk or volume>")]
        if kind.isWrong {
            return .fail("\(kind.name) does not keep SQLite's locks: two machines could write at once", remedy, ["file system": kind.name])
        }
        let isMemory = ["tmpfs", "ramfs"].contains(kind.name)
        let word = isMemory ? "everything is gone when the machine restarts" : "the data may go with the container"
        return .warn("the data is on \(kind.name): \(word)", remedy, ["file system": kind.name])
    }

    private static let opening = Check("STORE-006", "the database opens", .critical) { subject in
        guard subject.hasDatabase else { return .skip("no database yet") }
        do {
            let row = try SQLiteFile(subject.databasePath, .readOnly).row("SELECT COUNT(*) FROM sqlite_schema")
            return .well(["objects": "\((try? row?.get(0, as: Int.self)) ?? 0)"])
        } catch {
            return .fail("the database can't be read: \(error)", restore)
        }
    }

    private static let integrity = Check("STORE-007", "pages of the database that fit together", .critical) { subject in
        guard subject.hasDatabase else { return .skip("no database yet") }
        let file = try SQLiteFile(subject.databasePath, .readOnly)
        // Each page is read once; a large one is left to the hourly backup, which checks its copy.
        guard (FileFacts(subject.databasePath)?.size ?? 0) < 2 << 30 else {
            return .skip("larger than 2 GiB: each verified backup checks its copy")
        }
        let answers: [String]
        do {
            answers = try file.rows("PRAGMA quick_check(5)").map { try $0.get(0, as: String.self) }
        } catch {
            return .fail("the database is damaged: \(error)", restore)
        }
        guard answers != ["ok"] else { return .well() }
        return .fail("the database is damaged: \(answers.first ?? "")", restore, ["findings": answers.joined(separator: "; ")])
    }

    private static let restore = [
        Finding.Remedy("switchboard stop; cp -a <DATA_DIR> <a safe place>"),
        Finding.Remedy("switchboard restore latest", risk: "what was written after that backup is lost; the damaged file is kept aside"),
    ]

    private static let journal = Check("STORE-008", "the write-ahead log is on", .critical) { subject in
        guard subject.hasDatabase else { return .skip("no database yet") }
        let mode = try SQLiteFile(subject.databasePath, .readOnly).row("PRAGMA journal_mode")?.get(0, as: String.self) ?? "unknown"
        guard mode != "wal" else { return .well(["journal": mode]) }
        return .fail(
            "the journal mode is \(mode): somebody changed it by hand", [Finding.Remedy("start the server: it sets wal again")],
            ["journal": mode])
    }

    private static let log = Check("STORE-009", "a write-ahead log of ordinary size", .warn) { subject in
        guard let log = FileFacts(subject.databasePath + "-wal") else { return .well() }
        let evidence = ["log": Size.text(log.size)]
        guard log.size > 256 << 20 else { return .well(evidence) }
        return .warn(
            "the write-ahead log has \(Size.text(log.size)): a reader that never ends keeps it from being taken up",
            [Finding.Remedy("switchboard restart")], evidence)
    }

    private static let lock = Check("STORE-010", "who works on the data", .info) { subject in
        guard let holder = DirectoryHolder.of(directory: subject.dataDirectory) else { return .well(["holder": "nobody"]) }
        return .well(["holder": "\(holder)"])
    }

    private static let foreignLock = Check("STORE-011", "nobody else holds the database", .critical) { subject in
        guard subject.hasDatabase else { return .skip("no database yet") }
        let own = ProcessChecks.family(of: subject)
        let strangers = KernelLocks.holders(of: [subject.databasePath, subject.databasePath + "-shm"]).filter {
            !own.contains($0) && $0 != getpid()
        }
        guard let stranger = strangers.first else { return .well() }
        let told = ProcessFacts.read(stranger).map { "process \(stranger) (\($0.title)), user \($0.user)" } ?? "process \(stranger)"
        return .fail(
            "\(told) holds a write lock on the database: the server can't write",
            [
                Finding.Remedy("end that program or its transaction"),
                Finding.Remedy("kill \(stranger)", risk: "ends it; its transaction is undone"),
            ],
            ["holder": told])
    }
}
