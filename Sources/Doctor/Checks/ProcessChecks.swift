import Crashes
import Glibc
import Host
import Storage
import Vocabulary

/// The running server, its limits and its past ends.
enum ProcessChecks {
    static let all = [running, mode, beats, stray, files, descriptors, memory, ends, refusal, parts, release]

    static var user: UInt32 { geteuid() }

    /// The server's processes on this data directory: who signed the lock, its supervisor, and that one's children.
    static func family(of subject: Subject) -> Set<Int32> {
        guard let worker = DirectoryHolder.of(directory: subject.dataDirectory)?.process else {
            return supervisor(of: subject).map { [$0] } ?? []
        }
        var family: Set<Int32> = [worker]
        if let parent = ProcessFacts.read(worker)?.parent, parent > 1 { family.insert(parent) }
        if let supervisor = supervisor(of: subject) { family.insert(supervisor) }
        return family
    }

    private static func status(of subject: Subject) -> JSONText? {
        subject.supervisorStatus().flatMap { JSONText(Array($0.utf8)) }
    }

    private static func supervisor(of subject: Subject) -> Int32? {
        status(of: subject)?["supervisor"]?.int.flatMap { Int32(exactly: $0) }
    }

    private static let running = Check("PROC-001", "whether the server runs", .info) { subject in
        guard let status = status(of: subject) else {
            guard let holder = DirectoryHolder.of(directory: subject.dataDirectory) else { return .well(["server": "not running"]) }
            return .well(["server": "running without supervisor", "holder": "\(holder)"])
        }
        return .well([
            "server": "running", "supervisor": "\(status["supervisor"]?.int ?? 0)", "workers": "\(status["workers"]?.array.count ?? 0)",
        ])
    }

    private static let mode = Check("PROC-002", "full service", .critical) { subject in
        guard let status = status(of: subject) else { return .skip("no supervisor runs") }
        guard let incident = status["incident"] else { return .well(["mode": status["mode"]?.string ?? ""]) }
        return .fail(
            "the server is in safe mode: \(incident["reason"]?.string ?? "")",
            [
                Finding.Remedy("switchboard why"),
                Finding.Remedy("switchboard resume", risk: "starts the worker again, which may die again"),
            ],
            ["incident": incident["id"]?.string ?? "", "mode": status["mode"]?.string ?? ""])
    }

    private static let beats = Check("PROC-003", "signs of life of every part", .critical) { subject in
        guard let status = status(of: subject) else { return .skip("no supervisor runs") }
        let silent = (status["workers"]?.array ?? []).flatMap { $0["heartbeats"]?.array ?? [] }
            .compactMap { beat in beat["name"]?.string.map { ($0, beat["silentMs"]?.int ?? 0) } }
            .filter { $0.1 > 2_000 }
        guard let worst = silent.max(by: { $0.1 < $1.1 }) else { return .well() }
        return .fail(
            "\(worst.0) has given no sign of life for \(worst.1) ms",
            [Finding.Remedy("switchboard restart", risk: "evidence is kept before")],
            Dictionary(silent.map { ($0.0, "\($0.1) ms") }) { first, _ in first })
    }

    private static let stray = Check("PROC-004", "no worker without its supervisor") { subject in
        guard let worker = DirectoryHolder.of(directory: subject.dataDirectory)?.process, let facts = ProcessFacts.read(worker),
            facts.commandLine.contains(" worker ")
        else { return .well() }
        guard supervisor(of: subject) == nil, facts.parent <= 1 else { return .well() }
        return .fail(
            "process \(worker) is a worker whose supervisor is gone: it should have ended",
            [Finding.Remedy("kill -TERM \(worker)", risk: "it drains; clients resume at the next start")], ["worker": "\(worker)"])
    }

    private static let files = Check("PROC-005", "enough open files allowed") { subject in
        let limit = worker(of: subject).flatMap { openFilesLimit(of: $0) } ?? ResourceLimit.read(.openFiles)?.soft
        guard let limit else { return .well(["limit": "none"]) }
        let evidence = ["limit": "\(limit)"]
        let remedy = [Finding.Remedy("LimitNOFILE=1048576 in the unit, or ulimit -n 65536 before the start")]
        if limit < 1_024 { return .fail("only \(limit) files and connections may be open at once", remedy, evidence) }
        if limit < 4_096 { return .warn("only \(limit) files and connections may be open at once", remedy, evidence) }
        return .well(evidence)
    }

    private static let descriptors = Check("PROC-006", "open files far from the limit") { subject in
        guard let worker = worker(of: subject), let limit = openFilesLimit(of: worker) else { return .skip("the server does not run") }
        let open = ProcFile.numbers(in: "/proc/\(worker)/fd").count
        let evidence = ["open": "\(open)", "limit": "\(limit)"]
        guard Double(open) > Double(limit) * 0.8 else { return .well(evidence) }
        return .fail("\(open) of \(limit) files and connections are open", [Finding.Remedy("raise LimitNOFILE")], evidence)
    }

    private static let memory = Check("PROC-007", "memory far from the limit", .warn) { subject in
        guard let memory = CgroupMemory.read(process: worker(of: subject)), let limit = memory.limit else {
            return .well(["limit": "none"])
        }
        let evidence = ["limit": Size.text(limit), "used": memory.current.map(Size.text) ?? "unknown"]
        if limit < 128 << 20 {
            return .warn("the control group allows only \(Size.text(limit))", [Finding.Remedy("allow 256 MiB or more")], evidence)
        }
        guard let current = memory.current, Double(current) > Double(limit) * 0.9 else { return .well(evidence) }
        return .warn(
            "\(Size.text(current)) of \(Size.text(limit)) are used: the next kill is near", [Finding.Remedy("raise the limit")], evidence)
    }

    private static let ends = Check("PROC-008", "no unplanned end in the last day") { subject in
        let store = CrashStore(directory: subject.dataDirectory + "/crashes")
        guard let last = store.newestUnplanned, subject.now.milliseconds - last.endedAt < 86_400_000 else { return .well() }
        return .warn(
            Why(last, in: .english).sentence, [Finding.Remedy("switchboard why")], ["end": last.id, "cause": last.cause.rawValue])
    }

    private static let refusal = Check("PROC-009", "the last start was not refused", .critical) { subject in
        guard let refusal = CrashStore(directory: subject.dataDirectory + "/crashes").lastRefusal else { return .well() }
        guard status(of: subject) == nil else { return .well(["earlier": refusal.sentence]) }
        return .fail(
            "the last start was refused: \(refusal.sentence)", [Finding.Remedy("switchboard why")], ["exit code": "\(refusal.exitCode)"])
    }

    private static let parts = Check("PROC-010", "every optional part switched on") { subject in
        guard let status = status(of: subject) else { return .skip("no supervisor runs") }
        let off = (status["partsOff"]?.array ?? []).compactMap(\.string)
        guard !off.isEmpty else { return .well() }
        return .warn(
            "safe mode has switched off what kept ending the server: \(off.joined(separator: ", "))",
            [
                Finding.Remedy("switchboard why"),
                Finding.Remedy("switchboard resume", risk: "switches it on again, which may end the worker again"),
            ],
            ["off": off.joined(separator: " ")])
    }

    private static let release = Check("PROC-011", "the release that was asked for") { subject in
        guard let status = status(of: subject) else { return .skip("no supervisor runs") }
        guard let refused = status["refusedProgram"] else { return .well() }
        let build = refused["build"]?.string
        return .warn(
            "a new release did not stay, and the one before it serves: \(refused["reason"]?.string ?? "")",
            [
                Finding.Remedy("switchboard why"),
                Finding.Remedy("/opt/switchboard/current/install --back"),
                Finding.Remedy("switchboard restart", risk: "tries the new release again"),
            ],
            ["release": build ?? "unknown", "path": refused["path"]?.string ?? ""])
    }

    private static func worker(of subject: Subject) -> Int32? { DirectoryHolder.of(directory: subject.dataDirectory)?.process }

    /// `Max open files  1024  1048576  files` (proc_pid_limits(5)).
    private static func openFilesLimit(of process: Int32) -> UInt64? {
        let line = (ProcFile.text("/proc/\(process)/limits") ?? "").split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").dropFirst(3).first.flatMap { UInt64($0) }
    }
}
