package import Host

/// All that is left of a worker, read and bounded; nothing in it is believed to be well formed.
package struct Evidence: Sendable {
    /// The folder's name.
    package var id: String
    package var death: DeathFacts?
    package var box: BoxContents?
    package var backtrace: RawBacktrace?
    /// Of a hang: one line a thread.
    package var threads: [String] = []
    /// Whether there was a `swift-backtrace` that would have written a crash down.
    package var hasTool = false

    package init(id: String) {
        self.id = id
    }

    var isEmpty: Bool { death == nil && box == nil && backtrace == nil && threads.isEmpty }

    /// - Parameter directory: the evidence folder.
    /// - Throws: `CrashError.noEvidence`, `CrashError.nothingKnown`.
    package static func read(_ directory: String) throws(CrashError) -> Evidence {
        guard let folder = EvidenceFiles(directory) else { throw .noEvidence(path: directory) }
        var evidence = Evidence(id: folder.name)
        evidence.death = folder.text("death", limit: 64 << 10).map { DeathFacts($0) }
        evidence.box = folder.bytes("blackbox", limit: 4 << 20).flatMap { BoxContents(bytes: $0) }
        evidence.backtrace = folder.bytes("backtrace.json", limit: 8 << 20).flatMap { RawBacktrace(json: $0) }
        evidence.threads = (folder.text("threads", limit: 1 << 20) ?? "").split(whereSeparator: \.isNewline).prefix(256)
            .map { Printable.line(String($0), limit: 400) }
        guard !evidence.isEmpty else { throw .nothingKnown(path: directory) }
        evidence.hasTool = evidence.death?.backtracer.map { $0 != "none" } ?? (BacktraceTool.find() != nil)
        return evidence
    }
}
