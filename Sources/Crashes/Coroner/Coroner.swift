import BlackBox
package import FoundationEssentials
import Host

/// Makes certificates of evidence.
package enum Coroner {
    /// Reads the evidence, names the frames, and writes `certificate.json` beside it; then keeps the folder above within its bounds.
    ///
    /// Takes seconds where debug information is large: run it niced, and after the next worker serves.
    /// - Parameter directory: `DATA_DIR/crashes/<date>-<time>-<pid>`.
    /// - Throws: `CrashError`.
    @discardableResult
    package static func certify(directory: String) throws(CrashError) -> Certificate {
        let evidence = try Evidence.read(directory)
        CoronersNote.leave(in: directory)
        defer { CoronersNote.remove(from: directory) }
        let store = CrashStore(directory: EvidencePath.parent(of: directory))
        var certificate = certificate(of: evidence, naming: true)
        certificate.poison = poison(of: evidence, before: store.fingerprints(besides: evidence.id))
        guard let folder = EvidenceFiles(directory) else { throw .noEvidence(path: directory) }
        guard let json = certificate.json, folder.write(json, to: CrashStore.certificateFile) else { throw .unwritable(path: directory) }
        if let log = evidence.box?.log, !log.isEmpty { _ = folder.write(CertificateRecord.text(log), to: CrashStore.logFile) }
        // The runtime wrote the crashed thread's registers, too: they can hold pieces of secrets.
        if let backtrace = evidence.backtrace { _ = folder.write(Array(backtrace.json.utf8), to: "backtrace.json") }
        store.prune()
        return certificate
    }

    /// - Parameter naming: whether addresses are named; without it this is quick and needs nothing but the evidence.
    package static func certificate(of evidence: Evidence, naming: Bool) -> Certificate {
        let death = evidence.death
        let box = evidence.box
        let ended = death?.endedAt ?? EvidencePath.moment(of: evidence.id) ?? 0
        var certificate = Certificate(id: evidence.id, cause: Verdict.cause(of: evidence), endedAt: ended)
        certificate.startedAt = death?.startedAt ?? box?.startedAt
        certificate.uptime = death?.uptime ?? certificate.startedAt.flatMap { ended > $0 ? ended &- $0 : nil }
        certificate.pid = death?.pid ?? box?.pid ?? EvidencePath.pid(of: evidence.id)
        certificate.role = death?.role
        certificate.build = death?.build ?? box?.build
        certificate.stage = death?.stage ?? box?.stage
        certificate.exitCode = death?.exitCode
        certificate.signal = death?.signal
        certificate.words = death?.words
        certificate.resources = death?.resources ?? CertificateResources()
        certificate.inRow = death?.inRow
        certificate.level = death?.level
        if let parts = death?.partsOff, !parts.isEmpty { certificate.partsOff = parts }
        certificate.incident = death?.incident
        certificate.release = death?.left
        let mine = box?.suspects.compactMap { Fingerprint.text($0) } ?? []
        certificate.held = death?.held.filter { mine.isEmpty || mine.contains($0.fingerprint) }
        certificate.sender = sender(certificate.cause, death, box)
        certificate.crash = crash(evidence, naming: naming, missing: &certificate.missing)
        if Verdict.isOutOfAddresses(certificate) { certificate.cause = .outOfMemory }
        certificate.hang = hang(certificate.cause, evidence)
        add(box, to: &certificate)
        addMissing(evidence, to: &certificate)
        return certificate
    }

    /// The sender that counts is that of the signal which ended it, not one that came an hour before.
    private static func sender(_ cause: Cause, _ death: DeathFacts?, _ box: BoxContents?) -> CertificateSender? {
        guard cause == .foreignStop || cause == .signalled else { return nil }
        if let sender = death?.sender { return sender }
        guard death?.signal == nil || box?.signal == death?.signal else { return nil }
        return box?.sender
    }

    private static func crash(_ evidence: Evidence, naming: Bool, missing: inout [MissingEvidence]) -> CertificateCrash? {
        guard let raw = evidence.backtrace else { return nil }
        let outcome = naming ? Symbolicator(raw).outcome() : Symbolicator.Outcome(frames: raw.frames.map(Symbolicator.unnamed(in: raw)))
        if let lacking = outcome.missing { missing.append(lacking) }
        let stage = evidence.death?.stage ?? evidence.box?.stage
        return CertificateCrash(
            description: Printable.line(raw.description, limit: 200), failure: outcome.failure,
            thread: Printable.line(raw.thread, limit: 64), frames: outcome.frames,
            signature: Signature.of(outcome.frames, stage: stage) ?? raw.signature.flatMap { Fingerprint.text($0) })
    }

    private static func hang(_ cause: Cause, _ evidence: Evidence) -> CertificateHang? {
        guard cause == .hang || cause == .hangAtStart || !evidence.threads.isEmpty else { return nil }
        let ended = evidence.death?.endedAt
        let silences = (evidence.box?.heartbeats ?? []).map { beat in (beat.name, ended.map { max(0, $0 &- beat.lastAt) } ?? 0) }
        let stalest = silences.filter { $0.1 > 2_000 }.max { $0.1 < $1.1 }
        guard let name = evidence.death?.heartbeat ?? stalest?.0 ?? (evidence.threads.isEmpty ? nil : "") else { return nil }
        let silent = evidence.death?.silent ?? silences.first { $0.0 == name }?.1
        return CertificateHang(name: name, silent: silent, threads: evidence.threads)
    }

    private static func add(_ box: BoxContents?, to certificate: inout Certificate) {
        guard let box else { return }
        let oldestFirst = box.inFlight.sorted { $0.startedAt < $1.startedAt }
        certificate.inFlight = oldestFirst.prefix(64).map { one in
            CertificateInFlight(
                kind: one.kind, request: one.request.isEmpty ? nil : one.request, bytes: one.bytes,
                age: one.startedAt > 0 ? max(0, certificate.endedAt &- one.startedAt) : nil, fingerprint: Fingerprint.text(one.fingerprint))
        }
        certificate.inFlightOmitted = max(0, box.inFlight.count - 64)
        certificate.counters = box.counters
        certificate.log = box.log.suffix(Certificate.logLimit)
    }

    private static func addMissing(_ evidence: Evidence, to certificate: inout Certificate) {
        if evidence.death == nil { certificate.missing.append(.death) }
        if evidence.box == nil { certificate.missing.append(.blackBox) }
        let crashes: [Cause] = [.trap, .abort, .stackOverflow, .badMemory, .busError, .arithmetic]
        if evidence.backtrace == nil, crashes.contains(certificate.cause) {
            let isLate = evidence.death?.backtracer == "timeout"
            certificate.missing.append(isLate ? .backtraceTimeout : evidence.hasTool ? .backtrace : .backtraceTool)
        }
        if certificate.cause == .killed || certificate.cause == .foreignStop, certificate.sender == nil {
            certificate.missing.append(.sender)
        }
    }

    private static func poison(of evidence: Evidence, before: [[UInt64]]) -> [String] {
        let mine = evidence.box?.suspects ?? []
        let suspects = Poison.suspects(in: [mine] + before).compactMap { Fingerprint.text($0) }
        // What the supervisor holds back may have been there another time.
        let known = (evidence.death?.poison ?? []).filter { held in mine.isEmpty || mine.contains { Fingerprint.text($0) == held } }
        return Array((known + suspects.filter { !known.contains($0) }).prefix(8))
    }
}

extension Certificate {
    /// Pretty, with sorted keys: people read it, too. Nil when it can't be written, which no certificate is known to cause.
    package var json: Data? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try? encoder.encode(self)
    }
}

/// Tells crashes of one kind from others by the three innermost functions of ours, and the stage.
enum Signature {
    static func of(_ frames: [CertificateFrame], stage: CertificateStage?) -> String? {
        let own = frames.filter { $0.isOwn }.prefix(3).compactMap(\.function)
        guard !own.isEmpty else { return nil }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        let text = own.joined(separator: "|") + "|\(stage.map { min($0.number, StartStage.ready.rawValue) } ?? -1)"
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Fingerprint.text(hash)
    }
}
