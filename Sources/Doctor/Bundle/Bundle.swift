import Crashes
import Crypto
import FoundationEssentials
import Host
import Storage
import Vocabulary

/// One file to send with a bug report: what is needed to understand, nothing that is anybody's business. No message, no name, no address, no secret.
package struct Bundle: Sendable {
    /// Of everything before compression; what does not fit is left out and named in the manifest.
    package static let limit = 25 << 20

    /// One file of it.
    package struct Part: Sendable {
        package let name: String
        /// What it is for.
        package let purpose: String
        /// What was left out of it, in words.
        package let removed: String
        package let content: [UInt8]

        package init(_ name: String, _ purpose: String, removed: String = "nothing", _ content: [UInt8]) {
            self.name = name
            self.purpose = purpose
            self.removed = removed
            self.content = content
        }
    }

    private struct Manifest: Codable {
        struct File: Codable {
            var name: String
            var bytes: Int
            var sha256: String
            var purpose: String
            var removed: String
        }

        var schema = 1
        var made: String
        var version: String
        var files: [File]
        var leftOut: [String]
    }

    private let redaction = Redaction()
    private let subject: Subject
    private let fingerprint: Fingerprint

    package init(_ subject: Subject, fingerprint: Fingerprint) {
        self.subject = subject
        self.fingerprint = fingerprint
    }

    /// - Parameters:
    ///   - settings: name, value or nil where it isn't shown, and origin of each.
    ///   - figures: the page of `/metrics`, when a server could be asked.
    /// - Throws: `BundleError`.
    package func write(to path: String, settings: [(name: String, value: String?, origin: String)], figures: String?) throws(BundleError)
        -> [Part]
    {
        let parts = gather(settings: settings, figures: figures)
        let tape = try Tape(path: path, time: subject.now.milliseconds / 1_000)
        var manifest = Manifest(made: subject.now.rfc3339, version: fingerprint.short, files: [], leftOut: [])
        for part in parts {
            guard tape.bytes + part.content.count <= Self.limit else {
                manifest.leftOut.append(part.name)
                continue
            }
            let sum = SHA256.hash(data: part.content).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            manifest.files.append(
                Manifest.File(name: part.name, bytes: part.content.count, sha256: sum, purpose: part.purpose, removed: part.removed))
            try tape.add("switchboard-bundle/" + part.name, part.content)
        }
        try tape.add("switchboard-bundle/MANIFEST.json", Self.json(manifest))
        try tape.end()
        return parts
    }

    private func gather(settings: [(name: String, value: String?, origin: String)], figures: String?) -> [Part] {
        var parts = [
            Part("version.json", "what program this is", Self.json(fingerprint)),
            Part("doctor.json", "what the doctor found", removed: "evidence and sentences that name paths, hosts or people", doctor),
            Part(
                "settings.txt", "what is set, and where", removed: "every value that is a text, path or secret", Self.settingsText(settings)
            ),
            Part("host.txt", "the machine", removed: "its name", hostText),
            Part("backups.txt", "verified backups", removed: "their paths", backupsText),
        ]
        if let status = subject.supervisorStatus() {
            parts.append(
                Part("status.json", "the running server's processes", removed: "directory and ports", Array(statusText(status).utf8)))
        }
        if let figures {
            parts.append(
                Part(
                    "metrics.txt", "the figures of the running server", removed: "names of workspaces and nodes (aliases)",
                    Array(redaction.figures(figures).utf8)))
        }
        return parts + ends
    }

    /// Ids, states and how long each took. Sentences name paths and hosts.
    private var doctor: [UInt8] {
        struct Line: Codable {
            var id: String
            var title: String
            var status: Finding.Status
            var severity: Check.Severity
            var ms: Int64
        }
        let report = Examination.run(subject)
        return Self.json(report.checks.map { Line(id: $0.id, title: $0.title, status: $0.status, severity: $0.severity, ms: $0.ms) })
    }

    private static func settingsText(_ settings: [(name: String, value: String?, origin: String)]) -> [UInt8] {
        Array(settings.map { "\($0.name)\t\($0.value ?? "(not shown)")\t\($0.origin)\n" }.joined().utf8)
    }

    private var hostText: [UInt8] {
        let memory = (ProcFile.text("/proc/meminfo") ?? "").split(separator: "\n").prefix(3).joined(separator: "\n")
        let release = ProcFile.text("/proc/sys/kernel/osrelease") ?? ""
        let load = ProcFile.text("/proc/loadavg") ?? ""
        let disk =
            DiskFacts(subject.dataDirectory).map { "data: \(Size.text($0.free)) free of \(Size.text($0.size)), \($0.kind)" }
            ?? "data: no folder"
        let limit = ResourceLimit.read(.openFiles)?.soft.map(String.init) ?? "none"
        return Array("kernel \(release)load \(load)\(memory)\n\(disk)\nopen files: \(limit)\n".utf8)
    }

    private var backupsText: [UInt8] {
        Array(
            subject.vault.all().map {
                "\($0.manifest.at.rfc3339)\t\($0.manifest.reason.name)\t\($0.manifest.rows) rows\t\(Size.text($0.bytes))\n"
            }.joined().utf8)
    }

    /// Processes, phases, ages; not where.
    private func statusText(_ status: String) -> String {
        guard let found = JSONText(Array(status.utf8)) else { return "{}" }
        let workers = (found["workers"]?.array ?? []).map {
            "{\"role\":\"\($0["role"]?.string ?? "")\",\"phase\":\"\($0["phase"]?.string ?? "")\",\"uptimeMs\":\($0["uptimeMs"]?.int ?? 0)}"
        }
        let mode = found["mode"]?.string ?? ""
        return
            "{\"mode\":\"\(mode)\",\"deaths\":\(found["deaths"]?.int ?? 0),\"uptimeMs\":\(found["uptimeMs"]?.int ?? 0),\"workers\":[\(workers.joined(separator: ","))]}"
    }

    /// The last certificates. Records of the flight recorder keep their constant messages; of what was filled in only numbers and our own words.
    private var ends: [Part] {
        let store = CrashStore(directory: subject.dataDirectory + "/crashes")
        return store.list(limit: 20).map { certificate in
            var safe = certificate
            safe.words = nil
            safe.crash?.failure = nil
            safe.sender?.command = nil
            safe.log = certificate.log.map { CertificateRecord(at: $0.at, level: $0.level, text: redaction.record($0.text)) }
            return Part(
                "ends/\(certificate.id).json", "how the server ended then", removed: "free text, command lines, values of log records",
                Self.json(safe))
        }
    }

    private static func json(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { Array($0) } ?? []
    }
}
