import FoundationEssentials
import Glibc

/// The folder `DATA_DIR/crashes`: what is kept of past ends, the newest first, within bounds.
///
/// Reads only; works beside a running server, with a dead one, and with folders that were half written when the machine went down.
package struct CrashStore: Sendable {
    static let certificateFile = "certificate.json"
    static let logFile = "log.txt"
    /// Ends that are kept.
    static let mostFolders = 50
    /// Bytes that are kept.
    static let mostBytes = 200 << 20

    private let directory: String

    /// - Parameter directory: it need not exist.
    package init(directory: String) {
        self.directory = directory
    }

    /// Names of all evidence, the newest first.
    package var ids: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter(EvidencePath.isName).sorted { $0 > $1 }
    }

    /// Certificates of the newest ends. What has none yet is composed of its evidence, without naming addresses.
    /// - Parameter limit: at most so many.
    package func list(limit: Int = mostFolders) -> [Certificate] {
        ids.prefix(max(0, limit)).compactMap { certificate($0) }
    }

    /// Nil when there is no such end, or nothing is known of it.
    package func certificate(_ id: String) -> Certificate? {
        written(id) ?? (try? Evidence.read(path(id))).map { Coroner.certificate(of: $0, naming: false) }
    }

    /// Milliseconds after an end in which the coroner can be expected to come.
    private static let coronersTime: Int64 = 30_000

    /// Whether names of functions may still come into a certificate. What nobody will name any more, `named` does.
    /// - Parameter now: milliseconds since 1970.
    package func naming(of certificate: Certificate, now: Int64) -> FrameNaming? {
        if written(certificate.id) != nil { return .done }
        if let age = CoronersNote.age(in: path(certificate.id), now: now) { return .running(age) }
        return (0..<Self.coronersTime).contains(now - certificate.endedAt) ? .due : nil
    }

    /// Composed with names, which takes seconds; for an end whose supervisor is gone.
    package func named(_ id: String) -> Certificate? {
        (try? Evidence.read(path(id))).map { Coroner.certificate(of: $0, naming: true) }
    }

    /// The newest end that belongs to an incident which clients were told of.
    package func end(ofIncident incident: String) -> Certificate? {
        guard (4...32).contains(incident.utf8.count) else { return nil }
        return ids.lazy.compactMap { certificate($0) }.first { one in
            one.incident == incident || (one.held ?? []).contains { $0.incident == incident }
        }
    }

    /// The one that the coroner wrote; it never changes again.
    package func written(_ id: String) -> Certificate? {
        guard EvidencePath.isName(id), let folder = EvidenceFiles(path(id)) else { return nil }
        guard let bytes = folder.bytes(Self.certificateFile, limit: 8 << 20) else { return nil }
        guard var certificate = try? JSONDecoder().decode(Certificate.self, from: Data(bytes)) else { return nil }
        certificate.id = id
        return certificate
    }

    /// The newest end that nobody wanted.
    package var newestUnplanned: Certificate? {
        ids.lazy.compactMap { certificate($0) }.first { $0.cause.isUnplanned }
    }

    package func path(_ id: String) -> String { "\(directory)/\(id)" }

    /// Why the server refused to start the last time, if it left word.
    package var lastRefusal: Refusal? {
        EvidenceFiles(directory)?.text("last-refusal", limit: 64 << 10).flatMap { Refusal($0) }
    }

    /// Fingerprints that were in flight in the last deaths before, the newest first.
    func fingerprints(besides id: String) -> [[UInt64]] {
        ids.filter { $0 < id }.prefix(8).map { id in
            guard let files = EvidenceFiles(path(id)) else { return [] }
            return files.bytes("blackbox", limit: 4 << 20).flatMap { BoxContents(bytes: $0) }?.suspects ?? []
        }
    }

    /// Removes the oldest beyond the bounds; the newest three stay whatever they weigh.
    package func prune(folders: Int = mostFolders, bytes: Int = mostBytes) {
        var weight = 0
        for (index, id) in ids.enumerated() {
            weight += size(id)
            guard index >= 3, index >= folders || weight > bytes else { continue }
            try? FileManager.default.removeItem(atPath: path(id))
        }
    }

    private func size(_ id: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path(id))) ?? []
        return names.reduce(0) { sum, name in
            var facts = stat()
            guard lstat("\(path(id))/\(name)", &facts) == 0 else { return sum }
            return sum &+ max(0, Int(facts.st_size))
        }
    }
}

/// A start that was refused: the file `crashes/last-refusal`.
package struct Refusal: Sendable, Equatable {
    /// Milliseconds since 1970; 0: unknown.
    package var at: Int64
    package var exitCode: Int
    package var stage: CertificateStage?
    package var sentence: String

    package init(at: Int64, exitCode: Int, stage: CertificateStage?, sentence: String) {
        self.at = at
        self.exitCode = exitCode
        self.stage = stage
        self.sentence = sentence
    }

    init?(_ text: String) {
        let lines = KeyedLines(text)
        guard let code = lines.number("exit_code", in: 1...255) else { return nil }
        at = max(0, lines.number("time_ms") ?? lines.number("ended_ms") ?? 0)
        exitCode = code
        stage = DeathFacts(text).stage
        sentence = lines["sentence"] ?? lines["refusal"] ?? ""
    }
}
