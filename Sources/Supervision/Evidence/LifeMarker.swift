import Glibc
import Host

/// The file `crashes/life`: there while a server lives. One that is found at a start tells of a life that nobody saw end: a power cut, or a
/// supervisor that was killed together with its worker.
package struct LifeMarker: Sendable {
    private let path: String

    /// - Parameter crashes: the folder of evidence.
    package init(crashes: String) {
        path = crashes + "/life"
    }

    /// What it says of a life.
    struct Life: Sendable, Equatable {
        var supervisor: Int32
        /// With the number it names the process for ever.
        var supervisorTicks: UInt64
        var worker: Int32
        var workerTicks: UInt64
        /// Milliseconds since 1970.
        var startedAt: Int64
        /// The last sign of life, at most a minute before the end.
        var lastSign: Int64
        var boot: String
        var build: String?
        var stage: String?
        /// The worker noticed that its supervisor was gone, and ended in order.
        var isOrphaned = false
    }

    /// Nil: there is none, or it can't be read.
    func read() -> Life? {
        guard let text = ProcFile.text(path, limit: 4_096) else { return nil }
        return Life(text)
    }

    func write(_ life: Life) {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        // Whole or not at all: a torn one would tell of a life that never was.
        EvidenceFolder.write(Array(life.text.utf8), "life.new", in: folder)
        rename(path + ".new", path)
    }

    func remove() {
        unlink(path)
    }

    /// Of a worker whose supervisor is gone, about itself.
    package func noteOrphan() {
        guard var life = read(), life.worker == getpid() else { return }
        life.isOrphaned = true
        write(life)
    }
}

extension LifeMarker.Life {
    init?(_ text: String) {
        var values: [Substring: String] = [:]
        for line in text.split(separator: "\n").prefix(32) {
            let key = line.prefix { $0 != " " }
            values[key] = String(line.dropFirst(key.count + 1).prefix(200))
        }
        guard let supervisor = values["supervisor"].flatMap({ Int32($0) }), supervisor > 0,
            let worker = values["worker"].flatMap({ Int32($0) }), worker > 0, let boot = values["boot_id"]
        else { return nil }
        self.init(
            supervisor: supervisor, supervisorTicks: values["supervisor_ticks"].flatMap { UInt64($0) } ?? 0, worker: worker,
            workerTicks: values["worker_ticks"].flatMap { UInt64($0) } ?? 0, startedAt: values["started_ms"].flatMap { Int64($0) } ?? 0,
            lastSign: values["last_ms"].flatMap { Int64($0) } ?? 0, boot: boot, build: values["build"], stage: values["stage"],
            isOrphaned: values["orphaned"] == "1")
    }

    var text: String {
        var lines = [
            "supervisor \(supervisor)", "supervisor_ticks \(supervisorTicks)", "worker \(worker)", "worker_ticks \(workerTicks)",
            "started_ms \(startedAt)", "last_ms \(lastSign)", "boot_id \(boot)",
        ]
        if let build { lines.append("build \(build)") }
        if let stage { lines.append("stage \(stage)") }
        if isOrphaned { lines.append("orphaned 1") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether its supervisor is still there: then the marker is nobody's but its.
    var isGoingOn: Bool { Self.isAlive(supervisor, supervisorTicks) }

    var isWorkerAlive: Bool { Self.isAlive(worker, workerTicks) }

    private static func isAlive(_ process: Int32, _ ticks: UInt64) -> Bool {
        guard let facts = ProcessFacts.read(process), facts.state != "Z" else { return false }
        return facts.startTicks == ticks
    }

    /// For the certificate of an end that nobody saw.
    func facts(now wall: Int64) -> DeathFacts {
        var facts = DeathFacts()
        facts.add("pid", worker)
        facts.add("role", "serve")
        facts.add("build", build)
        facts.add("started_ms", startedAt)
        facts.add("ended_ms", lastSign > 0 ? lastSign : wall)
        facts.add("uptime_ms", max(0, lastSign - startedAt))
        facts.add("stage", stage)
        facts.add("kind", "vanished")
        facts.add("boot_id", boot)
        facts.add("boot_id_now", BootTime.id)
        facts.add("survived", isOrphaned || isWorkerAlive ? 1 : nil)
        return facts
    }
}
