import GRDBSQLite
import Host

/// The program itself.
enum BuildChecks {
    static let all = [fingerprint, optimised, resources, backtracer, sqlite]

    private static let fingerprint = Check("BUILD-001", "what this program is", .info) { subject in
        .well(["version": subject.version, "program": ProcFile.link("/proc/self/exe") ?? "unknown"])
    }

    private static let optimised = Check("BUILD-002", "a release build", .warn) { subject in
        guard subject.isDebugBuild else { return .well() }
        return .warn(
            "this is a debug build: slow, and with routes for tests", [Finding.Remedy("scripts/run, or a release made by scripts/release")])
    }

    private static let resources = Check("BUILD-003", "the console's pages beside the program", .critical) { subject in
        guard let folder = subject.resources, FileFacts(folder)?.isFolder == true else {
            return .fail(
                "the folder switchboard_Console.resources is missing beside the program: the server can't start without it",
                [Finding.Remedy("unpack the whole release again; program and folder belong together")],
                ["program": ProcFile.link("/proc/self/exe") ?? "unknown"])
        }
        return .well(["folder": folder])
    }

    private static let backtracer = Check("BUILD-004", "backtraces of crashes", .warn) { _ in
        guard let tool = BacktraceTool.find() else {
            return .warn(
                "swift-backtrace was not found: a crash would be certified without functions and lines",
                [Finding.Remedy("put swift-backtrace-static of the Swift toolchain beside the program, named swift-backtrace")])
        }
        return .well(["tool": tool])
    }

    /// sqlite.org/wal.html#walresetbug: with several connections a log that is reset at the wrong moment may corrupt the database.
    private static let sqlite = Check("BUILD-005", "SQLite without the WAL-reset bug", .warn) { _ in
        let version = String(cString: sqlite3_libversion())
        guard sqlite3_libversion_number() < 3_051_003 else { return .well(["sqlite": version]) }
        return .warn(
            "SQLite \(version) is in the range of the WAL-reset bug (3.7.0 to 3.51.2) unless the distribution has patched it",
            [Finding.Remedy("upgrade libsqlite3 to 3.51.3 or later, or ask your distribution whether it has the correction")],
            ["sqlite": version, "source": String(cString: sqlite3_sourceid())])
    }
}
