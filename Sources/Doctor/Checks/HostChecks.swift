import Glibc
import Host
import Storage
import Vocabulary

/// The machine.
enum HostChecks {
    static let all = [clock, order, memory, temporary, processes]

    /// 2026-01-01: no release of this program is older.
    private static let firstRelease: Int64 = 1_767_225_600_000

    private static let clock = Check("HOST-001", "a clock that is set", .critical) { subject in
        guard subject.now.milliseconds >= firstRelease else {
            return .fail(
                "the clock says \(subject.now.rfc3339): before this program was made", [Finding.Remedy("timedatectl set-ntp true; date")],
                ["now": subject.now.rfc3339])
        }
        return .well(["now": subject.now.rfc3339])
    }

    /// The database's own times: a clock that went back would put new messages before old ones.
    private static let order = Check("HOST-002", "a clock that has not gone back", .critical) { subject in
        guard subject.hasDatabase, let file = try? SQLiteFile(subject.databasePath, .readOnly),
            let newest = try? file.row("SELECT MAX(applied_at) FROM schema_history")?.get(0, as: Int64.self)
        else { return .skip("no database yet") }
        guard subject.now.milliseconds < newest - 60_000 else { return .well() }
        let behind = (newest - subject.now.milliseconds) / 1_000
        return .fail(
            "the clock is \(behind) s behind what the database has seen", [Finding.Remedy("timedatectl status; date")],
            ["now": subject.now.rfc3339])
    }

    private static let memory = Check("HOST-003", "memory to spare", .warn) { _ in
        let lines = (ProcFile.text("/proc/meminfo") ?? "").split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("MemAvailable:") }), let kilobytes = Int64(line.filter(\.isNumber)) else {
            return .unknown("/proc/meminfo can't be read")
        }
        let free = kilobytes << 10
        guard free < 128 << 20 else { return .well(["available": Size.text(free)]) }
        return .warn(
            "only \(Size.text(free)) of memory are left on this machine", [Finding.Remedy("ps aux --sort=-rss | head")],
            ["available": Size.text(free)])
    }

    private static let temporary = Check("HOST-004", "a folder for temporary files") { _ in
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        guard let reason = FileFacts.reason(folder, W_OK) else { return .well(["folder": folder]) }
        return .fail("\(folder) can't be written: \(reason)", [Finding.Remedy("TMPDIR=<a folder that can be written>")], ["folder": folder])
    }

    private static let processes = Check("HOST-005", "other processes can be seen", .info) { _ in
        guard ProcFile.text("/proc/1/stat") != nil else {
            return .well(["note": "/proc hides other users' processes: who sent a signal is told by number only"])
        }
        return .well()
    }
}
